import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally, eachAttributed } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { copyWords, duration, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'fallback/known-dead',
  level: 'should',
  kind: 'liveness',
  fails: 'A message is dispatched on a channel of which it had just been told that it is away.',
  hint: 'Look at whether refusals and capability answers are remembered.',
  source: 'design: knowledge',
};

/** On sockets a request may be under way while the answer to another arrives. */
const IN_FLIGHT_MICROS = 50_000;

export const knownDead: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const slack = view.fold.started.wire === 'sockets' ? IN_FLIGHT_MICROS : 0;
    eachAttributed(view, tally, (message) => {
      if (message.dispatches.length === 0) return;
      tally.judged();
      for (const dispatch of message.dispatches) {
        const known = view.availability.against(message, dispatch.channel, dispatch.at);
        if (known === undefined || !known.unavailable) continue;
        if (known.from + slack >= dispatch.at) continue;
        tally.find({
          message: message.id,
          seqs: [known.seq, dispatch.seq],
          expected: `no ${dispatch.channel} until it may be there again`,
          seen: `a dispatch ${duration(dispatch.at - known.from)} after it was refused`,
          sentence:
            `${subject(message)} was tried by ${copyWords(view, dispatch)} although the ` +
            'implementation had been told that it cannot be reached there.',
        });
        return;
      }
    });
    return tally.result();
  },
};
