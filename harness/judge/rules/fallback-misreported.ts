import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { CHANNELS } from '../../../simulators/kernel/words.ts';
import type { Channel } from '../../../simulators/kernel/words.ts';
import type { Display, StatusTold, Told } from '../records.ts';
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
    'implementation, or delivery or failure is claimed, at any time, without any.',
  hint: 'Compare the callbacks that were handed over with what the status was made from.',
  source: 'design: status order queued < sent < delivered < read',
};

interface Known {
  /** Any sign of arrival, also of a link's carrier text or of content that was only fetched. */
  delivered: boolean;
  read: boolean;
  /** A receipt for the content itself: less than `delivered` contradicts it. */
  certain: boolean;
  /** The last copy was reported failed and none delivered. */
  failed: boolean;
}

const speaks = (told: Told, by: number): boolean => told.at <= by && told.implies !== null;

/** Content that it served itself: it knows who fetched it. */
const serves = ({ at, channel }: Display, by: number): boolean =>
  at <= by && (channel === 'app-push' || channel === 'secure-link');

/** What the evidence rests on. */
function evidenceSeqs(message: MessageView, by: number): number[] {
  const told = message.transmissions.flatMap((each) => each.told);
  return [
    ...told.filter((each) => speaks(each, by)).map(({ seq }) => seq),
    ...message.displays.filter((each) => serves(each, by)).map(({ seq }) => seq),
  ];
}

function fromCallbacks(message: MessageView, by: number, known: Known): void {
  for (const transmission of message.transmissions) {
    const link = transmission.dispatches[0]?.channel === 'secure-link';
    for (const told of transmission.told) {
      if (!speaks(told, by)) continue;
      if (told.implies === 'read') known.read = true;
      if (told.implies !== 'delivered' && told.implies !== 'read') continue;
      known.delivered = true;
      if (!link) known.certain = true;
    }
  }
}

/** Evidence that had reached the implementation: callbacks, and content it served itself. */
function evidence(message: MessageView, by: number): Known {
  const known = { delivered: false, read: false, certain: false, failed: false };
  fromCallbacks(message, by, known);
  if (message.displays.some((display) => serves(display, by))) {
    known.delivered = true;
    known.read = true;
  }
  const last = message.dispatches.at(-1);
  known.failed =
    !known.delivered &&
    last !== undefined &&
    last.transmission.told.some((told) => told.at <= by && told.implies === 'failed');
  return known;
}

function contradiction(view: CaseView, message: MessageView, status: StatusTold): string | null {
  if (status.word === 'delivered' || status.word === 'read') {
    const now = evidence(message, status.at);
    if (status.word === 'read') return now.read ? null : 'no evidence that it was read';
    return now.delivered ? null : 'no evidence of delivery';
  }
  // What came within the tolerance before the read need not show in it yet.
  const settled = evidence(message, status.at - view.policy.toleranceMicros);
  if (status.word !== null && settled.certain) return 'evidence of delivery';
  const over = view.running(message.submittedAt, message.deadlineAt - message.submittedAt);
  if (status.word === 'sent' && settled.failed && status.at > over) return 'evidence of failure';
  return null;
}

/** Channels whose arrival is told by callbacks alone, so that the moment of knowing is exact. */
const TOLD_BY_CALLBACK: ReadonlySet<Channel> = new Set(['rcs', 'rcs-e2ee', 'sms']);

/** A claim made while the message was under way, before anything could have shown it to be true. */
function hasty(view: CaseView, message: MessageView): readonly [StatusTold, string] | null {
  const { deliveredTold, readTold } = message.record;
  if (deliveredTold === null && readTold === null) return null;
  if (!message.dispatches.every(({ channel }) => TOLD_BY_CALLBACK.has(channel))) return null;
  for (const status of [deliveredTold, readTold]) {
    if (status === null) continue;
    const soon = evidence(message, status.at + view.policy.toleranceMicros);
    if (!soon.delivered) return [status, 'no evidence of delivery'];
    if (status.word === 'read' && !soon.read) return [status, 'no evidence that it was read'];
  }
  return null;
}

function wrongChannel(message: MessageView, status: StatusTold): string | null {
  const channel = CHANNELS.find((candidate) => candidate === status.channel);
  if (channel === undefined || message.dispatches.length === 0) return null;
  if (message.dispatches.some((dispatch) => dispatch.channel === channel)) return null;
  return channel;
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
  const channel = wrongChannel(message, status);
  if (channel === null) return;
  const used = [...new Set(message.dispatches.map((dispatch) => dispatch.channel))].join(', ');
  tally.find({
    message: message.id,
    seqs: [...message.attempts.map((attempt) => attempt.seq), status.seq],
    expected: `one of ${used}`,
    seen: `channel ${channel}`,
    sentence: `${subject(message)} was reported as sent by ${channel}, but only ${used} was used.`,
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
