import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'contract/claim-not-exercised',
  level: 'may',
  kind: 'liveness',
  fails: 'A claimed channel was never used; blocks only a certificate.',
  hint: 'Run scenarios that need the channel, or do not claim it.',
  source: 'design: implementation contract, claims',
};

export const claimNotExercised: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const used = new Set(
      view.transmissions.flatMap((each) => each.dispatches.map((dispatch) => dispatch.channel)),
    );
    const { channels } = view.claims;
    tally.judged(channels.length);
    const unused = channels.filter((channel) => !used.has(channel));
    if (unused.length > 0) {
      tally.find({
        seqs: [view.fold.started.seq],
        expected: `each of ${channels.join(', ')} used`,
        seen: `no dispatch on ${unused.join(', ')}`,
        sentence: `Claimed but not used in this cell: ${unused.join(', ')}.`,
      });
    }
    return tally.result();
  },
};
