import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { Arrival, CaseView, MessageView } from '../view.ts';
import { duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'delivery/late',
  level: 'must',
  kind: 'liveness',
  fails:
    "A message is displayed after its class's deadline although an allowed channel was available " +
    'for long enough, and the delay was not the network’s.',
  hint: 'Look at which part of the latency took the time: `bellwether explain RUN MESSAGE`.',
  source: 'policy: delivery deadline',
};

/** It left in time on the channel that brought it: what took long lies behind the door. */
function leftInTime(view: CaseView, arrival: Arrival, deadline: number): boolean {
  const dispatch = arrival.display.transmission.dispatches[0];
  const timeout = view.policy.attemptTimeoutMicros[arrival.display.channel] ?? 0;
  return dispatch !== undefined && dispatch.at + timeout <= deadline;
}

function judgeMessage(view: CaseView, message: MessageView, arrival: Arrival, tally: Tally): void {
  const deadline = view.running(message.submittedAt, message.deadlineAt - message.submittedAt);
  if (arrival.at <= deadline + view.policy.toleranceMicros) {
    tally.judged();
    return;
  }
  if (leftInTime(view, arrival, deadline)) {
    tally.leave('it left in time and was delayed behind the door');
    return;
  }
  const opening = view.availability.opening(message, message.submittedAt, deadline, {
    untriedOnly: false,
    ownTurn: false,
    running: view.running,
  });
  if (opening === null || !opening.certain) {
    tally.leave('no allowed channel was fully available for long enough');
    return;
  }
  if (view.lagged(message.submittedAt, arrival.at)) {
    tally.leave('the harness was too slow');
    tally.distrust('the harness was too slow to judge deadlines');
    return;
  }
  tally.judged();
  const limit = duration(view.policy.deadlineMicros[message.sensitivity]);
  const took = duration(arrival.at - message.submittedAt);
  tally.find({
    message: message.id,
    seqs: [
      message.record.submitted?.seq ?? message.record.intended.seq,
      ...message.attempts.map((attempt) => attempt.seq),
      arrival.display.seq,
    ],
    expected: `displayed within ${limit}`,
    seen: `displayed after ${took}`,
    sentence: `${subject(message)} was shown after ${took}; its class allows ${limit}.`,
  });
}

export const deliveredLate: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const message of view.messages) {
      if (message.record.from !== null || message.arrival === null) continue;
      judgeMessage(view, message, message.arrival, tally);
    }
    return tally.result();
  },
};
