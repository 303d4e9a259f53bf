import type { Channel } from '../../../simulators/kernel/words.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { channelWords, plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'contract/unclaimed-channel',
  level: 'must',
  kind: 'safety',
  fails: 'A message is dispatched on a channel that the implementation does not claim.',
  hint: 'Add the channel to claims.channels in implementation.yaml, or stop using it.',
  source: 'design: implementation contract, claims',
};

/** Seqs kept per channel. */
const KEPT = 10;

export const unclaimedChannel: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const used = new Map<Channel, { count: number; seqs: number[] }>();
    for (const transmission of view.transmissions) {
      for (const dispatch of transmission.dispatches) {
        tally.judged();
        if (view.claims.channels.includes(dispatch.channel)) continue;
        const known = used.get(dispatch.channel) ?? { count: 0, seqs: [] };
        known.count++;
        if (known.seqs.length < KEPT) known.seqs.push(dispatch.seq);
        used.set(dispatch.channel, known);
      }
    }
    for (const [channel, { count, seqs }] of used) {
      tally.find({
        seqs,
        expected: `one of ${view.claims.channels.join(', ')}`,
        seen: `${plural(count, 'dispatch', 'dispatches')} on ${channel}`,
        sentence:
          `${plural(count, 'message copy', 'message copies')} went out by ` +
          `${channelWords(channel)}, which the implementation does not claim to use.`,
      });
    }
    return tally.result();
  },
};
