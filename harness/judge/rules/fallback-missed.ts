import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally, UNJUDGED_CEILING, eachAttributed } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { CaseView, MessageView } from '../view.ts';
import { duration, offeredWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'fallback/missed',
  level: 'must',
  kind: 'liveness',
  fails:
    'A message is not displayed by its deadline although an allowed channel was available, and ' +
    'not known to be away, for longer than all better channels may be tried.',
  hint: 'Look at whether the next channel is ever tried after the attempt timeout or a refusal.',
  source: 'policy: deadlines and attempt timeouts',
};

/** Every allowed channel was known to be away then, until after the deadline. */
function nothingLeft(view: CaseView, message: MessageView, at: number, deadline: number): boolean {
  const { availability, fold } = view;
  return availability.usable(message.sensitivity).every((channel) => {
    if (fold.truth.waysOf(message.person, channel, message.sensitivity).length === 0) return true;
    const known = availability.against(message, channel, at);
    return known !== undefined && known.saidUntil >= deadline;
  });
}

/**
 * Until when the sender had cause to look for a channel. “Failed” is final: told when nothing was
 * left by all that could be known, it binds, and what opens later is for whoever sends once more.
 */
function soughtUntil(view: CaseView, message: MessageView, deadline: number): number {
  // Told that it was delivered, truly or not, the sender had no cause to go on.
  const delivered = view.availability.deliveredTold(message, deadline);
  if (delivered !== null) return delivered.at;
  const failed = message.record.failedTold;
  if (failed === null || failed.at >= deadline) return deadline;
  // Telling takes time, or is asked for.
  const decided = Math.max(message.submittedAt, failed.at - view.policy.toleranceMicros);
  const isRight = [failed.at, decided].some((at) => nothingLeft(view, message, at, deadline));
  return isRight ? failed.at : deadline;
}

function judgeMessage(view: CaseView, message: MessageView, tally: Tally): void {
  const { availability, policy } = view;
  const deadline = view.running(message.submittedAt, message.deadlineAt - message.submittedAt);
  if (message.arrival !== null && message.arrival.at <= deadline + policy.toleranceMicros) {
    tally.judged();
    return;
  }
  const wish = view.fold.consent.excuse(message.person.id, deadline);
  // Who wants nothing more by then has no deadline.
  if (view.endedAt < Math.min(deadline, wish?.at ?? Infinity)) {
    tally.leave('the cell ended before the deadline');
    return;
  }
  const until = soughtUntil(view, message, deadline);
  const opening = availability.opening(message, message.submittedAt, until, {
    untriedOnly: true,
    ownTurn: false,
    running: view.running,
  });
  if (opening !== null && !opening.certain) {
    tally.leave('the channels were only degraded');
    return;
  }
  if (view.lagged(message.submittedAt, deadline)) {
    tally.leave('the harness was too slow');
    tally.distrust('the harness was too slow to judge deadlines');
    return;
  }
  tally.judged();
  if (opening === null) return;
  const limit = duration(policy.deadlineMicros[message.sensitivity]);
  const { channel, span } = opening;
  tally.find({
    message: message.id,
    seqs: [
      message.record.submitted?.seq ?? message.record.intended.seq,
      ...message.attempts.map((attempt) => attempt.seq),
    ],
    expected: `displayed within ${limit}, at the latest by ${channel}`,
    seen:
      message.arrival === null
        ? 'never displayed'
        : `displayed ${duration(message.arrival.at - message.submittedAt)} after submission`,
    sentence:
      `${subject(message)} was not shown within ${limit} although ` +
      `${offeredWords(view, channel)} was available for ${duration(span.to - span.from)} and was ` +
      'not used.',
  });
}

export const missed: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    eachAttributed(view, tally, (message) => {
      if (message.taken) judgeMessage(view, message, tally);
    });
    return tally.result(UNJUDGED_CEILING);
  },
};
