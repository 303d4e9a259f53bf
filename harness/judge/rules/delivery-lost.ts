import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { judgeToBusiness } from '../to-business.ts';
import { offeredWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'delivery/lost',
  level: 'must',
  kind: 'liveness',
  fails:
    'A message that was accepted is never displayed and never reported as failed, although an ' +
    'allowed channel was available for long enough; or what a person writes to the business is ' +
    'never taken by its callback.',
  hint: 'Follow the message with `bellwether explain RUN MESSAGE` to its last event.',
  source: 'need: messages arrive',
};

function judgeMessage(view: CaseView, message: MessageView, tally: Tally): void {
  if (message.arrival !== null || message.record.status?.word === 'failed') {
    tally.judged();
    return;
  }
  if (message.told.some((told) => told.untrue && told.implies !== 'failed')) {
    tally.leave('a lying peer had claimed delivery');
    return;
  }
  // At rest nothing more will come; otherwise the message has until its deadline.
  const atRest = view.fold.run.ended?.unfinished.length === 0;
  if (!atRest && view.endedAt < message.deadlineAt) {
    tally.leave('the cell ended before the deadline, with work under way');
    return;
  }
  const opening = view.availability.opening(message, message.submittedAt, view.endedAt, {
    untriedOnly: false,
    ownTurn: true,
    running: view.running,
  });
  if (opening === null || !opening.certain) {
    tally.leave(
      opening === null
        ? 'no allowed channel was available for long enough'
        : 'the channels were only degraded',
    );
    return;
  }
  tally.judged();
  const accepted = message.acceptedAt?.seq ?? message.record.intended.seq;
  tally.find({
    message: message.id,
    seqs: [accepted, ...message.attempts.map((attempt) => attempt.seq)],
    expected: 'displayed, or reported as failed',
    seen: `never displayed; last status ${message.record.status?.raw ?? 'none'}`,
    sentence:
      `${subject(message)} was accepted and never shown, nor reported as failed, although ` +
      `${offeredWords(view, opening.channel)} was available.`,
  });
}

export const lost: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      if (message.record.toBusiness) judgeToBusiness(view, message, tally);
      else if (message.record.from === null && message.acceptedAt !== null) {
        judgeMessage(view, message, tally);
      }
    }
    return tally.result();
  },
};
