import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Channel } from '../../../simulators/kernel/words.ts';
import {
  evidence,
  evidenceSeqs,
  mayKnowOfArrival,
  channelsOfArrival,
} from '../arrival-evidence.ts';
import type { StatusTold } from '../records.ts';
import { Tally, UNJUDGED_CEILING, eachAttributed } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { unfoundedFailure } from '../unfounded-failure.ts';
import type { CaseView, MessageView } from '../view.ts';
import { subject, when } from '../wording.ts';

const entry: RuleEntry = {
  name: 'fallback/misreported',
  level: 'must',
  kind: 'safety',
  fails:
    'The status told at the final read contradicts the evidence that had reached the ' +
    'implementation or names a channel that did not bring the message, or delivery or failure ' +
    'is claimed, at any time, without any evidence.',
  hint: 'Compare the callbacks that were handed over with what the status was made from.',
  source: 'design: status order queued < sent < delivered < read',
};

function contradiction(view: CaseView, message: MessageView, status: StatusTold): string | null {
  if (status.word === 'delivered' || status.word === 'read') {
    const now = evidence(message, status.at);
    if (status.word === 'read') return now.read ? null : 'no evidence that it was read';
    return now.delivered ? null : 'no evidence of delivery';
  }
  // What came within the tolerance before the read need not show in it yet, nor what it had not
  // yet acknowledged.
  const settled = evidence(message, status.at - view.policy.toleranceMicros, 'answeredAt');
  if (status.word !== null && settled.certain) return 'evidence of delivery';
  const over = view.running(message.submittedAt, message.deadlineAt - message.submittedAt);
  if (status.word === 'sent' && settled.failed && status.at > over) return 'evidence of failure';
  return null;
}

/** A claim made while the message was under way, before anything could have shown it to be true. */
function hasty(view: CaseView, message: MessageView): readonly [StatusTold, string] | null {
  const { deliveredTold, readTold } = message.record;
  for (const status of [deliveredTold, readTold]) {
    if (status === null) continue;
    const soon = status.at + view.policy.toleranceMicros;
    if (!mayKnowOfArrival(message, soon)) return [status, 'no evidence of delivery'];
    if (status.word === 'read' && !evidence(message, soon).read) {
      return [status, 'no evidence that it was read'];
    }
  }
  return null;
}

/** A channel that was told and cannot be true: none that it may mean was used, or brought it. */
interface WrongChannel {
  readonly told: string;
  /** What may be told: the channels that were used, or those by which it arrived. */
  readonly right: readonly Channel[];
  readonly used: boolean;
}

function wrongChannel(
  view: CaseView,
  message: MessageView,
  { channels, word, at }: StatusTold,
): WrongChannel | null {
  if (channels === null || channels.length === 0 || message.dispatches.length === 0) return null;
  const told = channels.join(' or ');
  const used = new Set(message.dispatches.map((dispatch) => dispatch.channel));
  if (!channels.some((channel) => used.has(channel))) {
    return { told, right: [...used], used: false };
  }
  // Before it has arrived, the channel is the one that is being tried: any of them.
  if (word !== 'delivered' && word !== 'read') return null;
  const arrived = channelsOfArrival(message, at + view.policy.toleranceMicros);
  if (arrived.size === 0 || channels.some((channel) => arrived.has(channel))) return null;
  return { told, right: [...arrived], used: true };
}

function findHasty(view: CaseView, message: MessageView, tally: Tally): boolean {
  const claim = hasty(view, message);
  if (claim === null) return false;
  const [status, against] = claim;
  tally.judged();
  tally.find({
    message: message.id,
    seqs: [...message.attempts.map((attempt) => attempt.seq), status.seq],
    expected: 'a status that the evidence carries, at any time',
    seen: `${status.word} (“${status.raw}”) with ${against} at that time`,
    sentence:
      `${subject(message)} was reported ${status.word} ${when(status.at)}, when there was still ` +
      `${against}.`,
  });
  return true;
}

/** `failed` is final: whoever is told so writes a letter, or sends it once more. */
function findUnfounded(view: CaseView, message: MessageView, tally: Tally): boolean {
  const found = unfoundedFailure(view, message);
  if (found === null) return false;
  const { told, dispatch, against } = found;
  tally.find({
    message: message.id,
    seqs: [dispatch.seq, told.seq],
    expected: 'failed only when it was turned away, taken back, or its time was over',
    seen: `failed, when ${against}`,
    sentence: `${subject(message)} was reported failed ${when(told.at)}, although ${against}.`,
  });
  return true;
}

function judgeMessage(view: CaseView, message: MessageView, tally: Tally): void {
  const { status, unread } = message.record;
  if (status === null && message.acceptedAt !== null) {
    if (unread !== null) tally.leave(`its status could not be read: it answered ${unread}`);
    else if (view.fold.statusesPolled > 0) tally.leave('its status could never be read');
  }
  if (status === null || status.word === null) return;
  if (findHasty(view, message, tally)) return;
  if (
    !status.final &&
    view.fold.run.finalPhase !== null &&
    status.at < view.fold.run.finalPhase.at
  ) {
    if (findUnfounded(view, message, tally)) tally.judged();
    else tally.leave('no status was read at the end');
    return;
  }
  tally.judged();
  const against = contradiction(view, message, status);
  if (against !== null) {
    tally.find({
      message: message.id,
      seqs: [...evidenceSeqs(message, status.at), status.seq],
      expected: 'a status that the evidence carries',
      seen: `${status.word} (“${status.raw}”) with ${against}`,
      sentence:
        `${subject(message)} was reported ${status.word}, but there was ${against} ` +
        'in what the implementation had been told.',
    });
    return;
  }
  if (findUnfounded(view, message, tally)) return;
  const wrong = wrongChannel(view, message, status);
  if (wrong === null) return;
  const right = wrong.right.join(', ');
  const shown = message.displays.map((display) => display.seq);
  tally.find({
    message: message.id,
    seqs: [...message.attempts.map((attempt) => attempt.seq), ...shown, status.seq],
    expected: `one of ${right}`,
    seen: `channel ${wrong.told}`,
    sentence: wrong.used
      ? `${subject(message)} was reported ${status.word} by ${wrong.told}, but only ${right} ` +
        'brought it.'
      : `${subject(message)} was reported as sent by ${wrong.told}, but only ${right} was used.`,
  });
}

export const misreported: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    eachAttributed(view, tally, (message) => judgeMessage(view, message, tally));
    return tally.result(UNJUDGED_CEILING);
  },
};
