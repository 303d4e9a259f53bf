/** The other direction: what people wrote to the business, and whether it was taken. */
import type { Tally } from './rule.ts';
import type { CaseView, MessageView } from './view.ts';
import { duration, plural, subject } from './wording.ts';

/**
 * Lost when it was brought to the callback while the implementation ran, and was refused or left
 * unanswered until its deadline, repetitions of the vendor included. What the world lost on the
 * way, or what had to wait behind another message, says nothing about the implementation.
 */
export function judgeToBusiness(view: CaseView, message: MessageView, tally: Tally): void {
  if (message.arrival !== null) {
    tally.judged();
    return;
  }
  const offers = message.transmissions.flatMap((each) => each.offers ?? []);
  // A moment of its own running time: none of it passed while the harness had stopped it.
  const whileUp = offers.filter((offer) => view.running(offer.at, 1) === offer.at + 1);
  const [first] = whileUp;
  if (first === undefined) {
    tally.leave(
      offers.length === 0
        ? 'it never came to the callback of the implementation'
        : 'the implementation was stopped whenever it was brought',
    );
    return;
  }
  const limit = view.policy.deadlineMicros[message.sensitivity];
  const due = view.running(first.at, limit) + view.policy.toleranceMicros;
  const atRest = view.fold.run.ended?.unfinished.length === 0;
  if (!atRest && view.endedAt < due) {
    tally.leave('the cell ended before the deadline, with repetitions to come');
    return;
  }
  const refused = whileUp.filter(({ outcome }) => outcome === 'refused');
  if (refused.length === 0 && view.lagged(first.at, due)) {
    tally.leave('the harness was too slow');
    tally.distrust('the harness was too slow to judge callbacks');
    return;
  }
  tally.judged();
  const answers = [...new Set(whileUp.map(({ status }) => status))].join(', ');
  tally.find({
    message: message.id,
    seqs: [
      message.record.intended.seq,
      ...whileUp.flatMap(({ seq, answerSeq }) => [seq, answerSeq]),
    ],
    expected: `taken (2xx) within ${duration(limit)}`,
    seen: `${plural(whileUp.length, 'attempt')}, answered ${answers}`,
    sentence:
      `${subject(message)} from ${message.person.id} was brought to the implementation ` +
      `${plural(whileUp.length, 'time')} and never taken (${answers}).`,
  });
}
