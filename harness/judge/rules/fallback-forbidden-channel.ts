import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally, eachAttributed } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { copyWords, subject } from '../wording.ts';

const entry: RuleEntry = {
  name: 'fallback/forbidden-channel',
  level: 'must',
  kind: 'safety',
  fails:
    'A message is dispatched on a channel that the policy forbids for its class, ' +
    'delivered or not.',
  hint: 'Look at the channel choice for this class when the preferred channels are away.',
  source: 'policy: allowed channels per sensitivity',
};

export const forbiddenChannel: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    eachAttributed(view, tally, (message) => {
      if (message.dispatches.length === 0) return;
      tally.judged();
      const allowed = view.policy.allowed[message.sensitivity];
      const channels = new Set(message.dispatches.map((dispatch) => dispatch.channel));
      for (const channel of channels) {
        if (allowed.includes(channel)) continue;
        const dispatches = message.dispatches.filter((each) => each.channel === channel);
        tally.find({
          message: message.id,
          seqs: [message.record.intended.seq, ...dispatches.map((each) => each.seq)],
          expected: `only ${allowed.join(', ')} for ${message.sensitivity} sensitivity`,
          seen: `a dispatch on ${channel}`,
          sentence:
            `${subject(message)} was sent as ` +
            `${copyWords(view, { channel, dispatches })} although the policy forbids it for ` +
            `${message.sensitivity} sensitivity.`,
        });
      }
    });
    return tally.result();
  },
};
