import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Dispatch } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { copyWords, duration, plural, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'api/hammering',
  level: 'must',
  kind: 'safety',
  fails:
    'A 429 or a Retry-After is ignored, a permanent error is retried, or one message is retried ' +
    'without end.',
  hint: 'Look at what the retry loop does with 429, Retry-After, ESME_RTHROTTLED and 4xx.',
  source: 'RFC 6585 §4; RFC 9110 §10.2.3; SMPP 3.4 §5.1.3',
};

/** A throttled answer without Retry-After means a second, as the doors declare it. */
const DEFAULT_PAUSE_MICROS = 1_000_000;
/** Clocks and timers round: a retry this much early is in time. */
const EARLY_MICROS = 50_000;
/** Refusals in a row for requests sent inside a pause that had been told. */
const IGNORED_PAUSES = 10;
/** Retries of one message on one channel with less than a second between them. */
const RAPID_RETRIES = 30;
/** Different answers that a finding names. */
const MOST_STATUSES = 3;

interface Breach {
  readonly dispatches: readonly Dispatch[];
  readonly seen: string;
}

/** When the door had asked the sender to come back at the earliest; null when it had not. */
function pauseEnd(dispatch: Dispatch): number | null {
  if (dispatch.handedAt === null) return null;
  if (dispatch.retryAfterMicros !== null) return dispatch.handedAt + dispatch.retryAfterMicros;
  return dispatch.outcome === 'throttled' ? dispatch.handedAt + DEFAULT_PAUSE_MICROS : null;
}

/** ` after 503`, the commonest answers first; empty: there were none. */
function afterWords(statuses: readonly string[]): string {
  const byStatus = [...Map.groupBy(statuses, (status) => status)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([status]) => status);
  const named = byStatus.slice(0, MOST_STATUSES).join(', ');
  if (named === '') return '';
  return ` after ${named}${byStatus.length > MOST_STATUSES ? ' and other answers' : ''}`;
}

function breachOf(dispatches: readonly Dispatch[]): Breach | null {
  const rapid: Dispatch[] = [];
  const answers: string[] = [];
  for (const [index, dispatch] of dispatches.entries()) {
    const before = dispatches[index - 1];
    if (before === undefined || dispatch.at - before.at >= DEFAULT_PAUSE_MICROS) continue;
    rapid.push(dispatch);
    // What had not come yet is nothing that it was retried after.
    const known = before.handedAt !== null && before.handedAt <= dispatch.at;
    if (known && before.status !== '') answers.push(before.status);
  }
  if (rapid.length > RAPID_RETRIES) {
    const seen = `${rapid.length} retries with hardly a pause${afterWords(answers)}`;
    return { dispatches: rapid, seen };
  }
  for (const [index, dispatch] of dispatches.entries()) {
    const next = dispatches[index + 1];
    if (next === undefined || dispatch.handedAt === null || next.at < dispatch.handedAt) continue;
    const end = pauseEnd(dispatch);
    if (end !== null && next.at + EARLY_MICROS < end) {
      const early = duration(end - next.at);
      return { dispatches: [dispatch, next], seen: `a retry ${early} before it was asked for` };
    }
    if (dispatch.outcome === 'rejected' && dispatch.channel !== 'rcs-e2ee') {
      return { dispatches: [dispatch, next], seen: `a retry after ${dispatch.status}` };
    }
    const after = dispatches[index + 2];
    const twice = next.outcome === dispatch.outcome && after !== undefined;
    if (twice && (dispatch.outcome === 'unavailable' || dispatch.outcome === 'rejected')) {
      return { dispatches: [dispatch, next, after], seen: `retries after ${dispatch.status}` };
    }
  }
  return null;
}

function judgeMessage(view: CaseView, message: MessageView, tally: Tally): void {
  // A single request repeats nothing.
  if (message.dispatches.length === 1) {
    tally.judged();
    return;
  }
  const lanes = Map.groupBy(
    message.dispatches,
    (dispatch) => `${dispatch.channel}|${dispatch.component}|${dispatch.device ?? ''}`,
  );
  for (const lane of lanes.values()) {
    tally.judged();
    const parts = lane.filter((each, index) => index === 0 || !partOf(each, lane[index - 1]));
    const breach = breachOf(parts);
    const first = breach?.dispatches[0];
    if (breach === null || first === undefined) continue;
    tally.find({
      message: message.id,
      seqs: breach.dispatches.flatMap((each) => [each.seq, each.answerSeq]),
      expected: 'a pause as asked, and no retry of a permanent error',
      seen: breach.seen,
      sentence:
        `${subject(message)} was retried by ${copyWords(view, first)} at ${first.component} when ` +
        `it should not have been: ${breach.seen}.`,
    });
  }
}

/** Parts of one text are dispatches of one transmission that were both taken. */
function partOf(dispatch: Dispatch, previous: Dispatch | undefined): boolean {
  return (
    previous !== undefined &&
    previous.transmission === dispatch.transmission &&
    previous.wire !== dispatch.wire &&
    previous.outcome === 'accepted'
  );
}

function judgeDoors(view: CaseView, tally: Tally): void {
  for (const [component, counts] of view.fold.doors.doors) {
    if (counts.throttled === 0) continue;
    tally.judged();
    const { worst, worstSeqs } = counts.pause;
    if (worst < IGNORED_PAUSES) continue;
    tally.find({
      seqs: worstSeqs,
      expected: 'a pause after each refusal, as long as was asked',
      seen: `${plural(worst, 'request')} in a row refused inside the pause`,
      sentence:
        `${component} asked to slow down and was sent ${plural(worst, 'more request')} in a row ` +
        'before the pause was over.',
    });
  }
}

export const hammering: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) judgeMessage(view, message, tally);
    judgeDoors(view, tally);
    return tally.result();
  },
};
