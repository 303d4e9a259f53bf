import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Dispatch, Mark } from '../records.ts';
import { Tally, eachAttributed } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { Attempt, CaseView, MessageView } from '../view.ts';
import { copyWords, duration, offeredWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'fallback/late',
  level: 'must',
  kind: 'liveness',
  fails:
    'The next channel is dispatched later than the first definite refusal, or else the first ' +
    'dispatch plus the attempt timeout (retries included), plus the tolerance.',
  hint: 'Look at whether retries restart the attempt timeout, and whether a refusal ends it.',
  source: 'policy: attempt timeouts',
};

const definite = (dispatch: Dispatch): boolean =>
  dispatch.handedAt !== null &&
  (dispatch.outcome === 'unavailable' || dispatch.outcome === 'rejected');

/** When the channel had definitely refused the message on every device that was tried. */
function refusalOf(message: MessageView, attempt: Attempt): Mark | null {
  const told = message.told.find(
    (each) => each.at >= attempt.at && each.unavailable.includes(attempt.channel),
  );
  if (attempt.dispatches.some(({ outcome }) => outcome === 'accepted')) return told ?? null;
  const firsts = new Map<string | null, Mark>();
  for (const dispatch of attempt.dispatches) {
    if (firsts.has(dispatch.device) || !definite(dispatch)) continue;
    firsts.set(dispatch.device, { at: dispatch.handedAt ?? dispatch.at, seq: dispatch.answerSeq });
  }
  const devices = new Set(attempt.dispatches.map((dispatch) => dispatch.device));
  if (firsts.size < devices.size) return told ?? null;
  const last = [...firsts.values()].reduce((a, b) => (a.at > b.at ? a : b));
  return told !== undefined && told.at < last.at ? told : last;
}

interface Due {
  readonly at: number;
  readonly why: string;
  readonly seqs: readonly number[];
}

function dueAfter(view: CaseView, message: MessageView, attempt: Attempt): Due | null {
  const timeout = view.policy.attemptTimeoutMicros[attempt.channel];
  const { toleranceMicros } = view.policy;
  const refusal = refusalOf(message, attempt);
  const byTimeout = timeout === undefined ? Infinity : view.running(attempt.at, timeout);
  if (refusal !== null && refusal.at < byTimeout) {
    const at = view.running(refusal.at, 0) + toleranceMicros;
    return { at, why: 'it was refused', seqs: [attempt.seq, refusal.seq] };
  }
  if (timeout === undefined) return null;
  return { at: byTimeout + toleranceMicros, why: 'its time was over', seqs: [attempt.seq] };
}

function settled(view: CaseView, message: MessageView, by: number): boolean {
  if (message.arrival !== null && message.arrival.at <= by) return true;
  return view.availability.deliveredTold(message, by) !== null;
}

function judgeNext(
  view: CaseView,
  message: MessageView,
  attempt: Attempt,
  next: Attempt,
  tally: Tally,
): void {
  const due = dueAfter(view, message, attempt);
  if (due === null) return;
  if (next.at <= due.at) {
    tally.judged();
    return;
  }
  if (settled(view, message, due.at)) return;
  const { toleranceMicros } = view.policy;
  const from = Math.max(0, due.at - toleranceMicros);
  const last = view.availability.spans(message, next.channel, from, next.at, true).at(-1);
  if (last === undefined || last.to < next.at) {
    const weak = view.availability.spans(message, next.channel, from, next.at, false).at(-1);
    if (weak === undefined || weak.to < next.at) tally.judged();
    else tally.leave('the next channel was degraded');
    return;
  }
  if (view.lagged(attempt.at, next.at)) {
    tally.leave('the harness was too slow');
    tally.distrust('the harness was too slow to judge attempt timeouts');
    return;
  }
  tally.judged();
  const since = last.from <= from ? due.at : Math.max(due.at, last.from + toleranceMicros);
  const late = next.at - since;
  if (late <= 0) return;
  tally.find({
    message: message.id,
    seqs: [...due.seqs, next.seq],
    expected: `${next.channel} ${duration(since - attempt.at)} after ${attempt.channel}`,
    seen: `${next.channel} after ${duration(next.at - attempt.at)}`,
    sentence:
      `${subject(message)} was tried by ${copyWords(view, next)} ${duration(late)} too late ` +
      `after ${copyWords(view, attempt)}: ${due.why}.`,
  });
}

/** The last attempt came to nothing and no other channel followed, though one was there. */
function judgeLast(view: CaseView, message: MessageView, attempt: Attempt, tally: Tally): void {
  const due = dueAfter(view, message, attempt);
  if (due === null) return;
  const limit = due.at;
  if (limit >= view.endedAt || settled(view, message, limit)) return;
  const reached = message.transmissions.some((each) =>
    [...each.received, ...each.notified].some((mark) => mark.at <= limit),
  );
  if (reached) return;
  const tried = new Set(message.dispatches.map((dispatch) => dispatch.channel));
  const usable = view.availability.usable(message.sensitivity);
  const after = usable.slice(usable.indexOf(attempt.channel) + 1);
  const from = due.at - view.policy.toleranceMicros;
  const next = after.find(
    (channel) =>
      !tried.has(channel) &&
      view.availability
        .spans(message, channel, from, limit, true)
        .some((span) => span.from === from && span.to === limit),
  );
  if (next === undefined) return;
  if (view.lagged(attempt.at, limit)) {
    tally.distrust('the harness was too slow to judge attempt timeouts');
    return;
  }
  tally.judged();
  tally.find({
    message: message.id,
    seqs: due.seqs,
    expected: `${next} within ${duration(due.at - attempt.at)} of the first ${attempt.channel}`,
    seen: 'no other channel was tried',
    sentence:
      `${subject(message)} stayed with ${copyWords(view, attempt)} after ${due.why}, ` +
      `although ${offeredWords(view, next)} was available.`,
  });
}

export const late: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    eachAttributed(view, tally, (message) => {
      message.attempts.forEach((attempt, index) => {
        const next = message.attempts[index + 1];
        if (next === undefined) judgeLast(view, message, attempt, tally);
        else judgeNext(view, message, attempt, next, tally);
      });
    });
    return tally.result();
  },
};
