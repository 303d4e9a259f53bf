import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import type { Dispatch } from '../records.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { copyWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'api/not-idempotent',
  level: 'must',
  kind: 'safety',
  fails:
    'An ambiguous send (accepted, answer lost) or a repeated idempotency key ends as two messages.',
  hint: 'Retry with the same message id; answer a known idempotency key with the first result.',
  source: 'draft-ietf-httpapi-idempotency-key-header; design: api/not-idempotent',
};

/** The door had taken it, and the sender could not know. */
const ambiguous = (dispatch: Dispatch): boolean =>
  dispatch.outcome === 'answer-lost' ||
  (dispatch.handedAt === null && dispatch.transmission.displays.length > 0);

/** Says whether a second copy was found that came from a retry towards a door. */
function judgeDoors(view: CaseView, message: MessageView, tally: Tally): boolean {
  for (const dispatch of message.dispatches) {
    if (!ambiguous(dispatch)) continue;
    tally.judged();
    if (dispatch.transmission.displays.length === 0) continue;
    const again = message.dispatches.find(
      (later) =>
        later.seq > dispatch.seq &&
        later.channel === dispatch.channel &&
        later.device === dispatch.device &&
        later.transmission !== dispatch.transmission &&
        later.transmission.displays.length > 0,
    );
    if (again === undefined) continue;
    tally.find({
      message: message.id,
      seqs: [dispatch.seq, again.seq, ...message.displays.map((display) => display.seq)],
      expected: 'the same id sent again, or nothing',
      seen: `a second message ${again.wire ?? ''} after the answer to the first was lost`,
      sentence:
        `${subject(message)} reached the person twice by ${copyWords(view, dispatch)}: an ` +
        'answer was lost and the message was sent again as a new one.',
    });
    return true;
  }
  return false;
}

function judgeCaller(view: CaseView, message: MessageView, tally: Tally, retried: boolean): void {
  const accepted = message.record.answers.filter((answer) => answer.outcome === 'accepted');
  const { answers } = message.record;
  if (answers.length < 2) return;
  const unclear = answers.some((answer) => answer.outcome === 'no-answer');
  if (accepted.length < 2 && !unclear) return;
  if (!view.claims.idempotency) {
    tally.leave('idempotency is not claimed');
    return;
  }
  tally.judged();
  const ids = new Set(accepted.flatMap((answer) => (answer.id === null ? [] : [answer.id])));
  const copies = new Set(message.displays.map((display) => display.transmission));
  const onOne = [...copies].some((copy, index) =>
    [...copies].some(
      (other, position) =>
        position > index &&
        other.displays[0]?.channel === copy.displays[0]?.channel &&
        other.displays[0]?.device === copy.displays[0]?.device,
    ),
  );
  // Two copies under one id prove nothing against the key when a retry accounts for the second.
  if (ids.size < 2 && (!onOne || retried)) return;
  tally.find({
    message: message.id,
    seqs: [...answers.map((answer) => answer.seq), ...message.displays.map((each) => each.seq)],
    expected: 'one message for one idempotency key',
    seen: ids.size > 1 ? `the ids ${[...ids].join(' and ')}` : 'two displays on one device',
    sentence: `${subject(message)} became two messages when submitted again with the same key.`,
  });
}

export const notIdempotent: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      judgeCaller(view, message, tally, judgeDoors(view, message, tally));
    }
    return tally.result();
  },
};
