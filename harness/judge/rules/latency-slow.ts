import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { checkLatency, latencyText } from '../latency-check.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'latency/slow',
  level: 'must',
  kind: 'liveness',
  fails: 'A latency statistic, from the intended submission to the display, breaks its threshold.',
  hint: 'The parts of the latency say where the time went.',
  source: 'expect: latency',
};

export const slow: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const expectation of view.cell.expect) {
      if (expectation.kind !== 'latency') continue;
      const check = checkLatency(view, expectation);
      if (!check.enough) {
        tally.leave(`too few samples for the ${latencyText(expectation)}`);
        continue;
      }
      if (check.lagged && check.broken.length > 0) {
        tally.distrust('the harness was too slow to judge latency');
        continue;
      }
      tally.judged(check.samples);
      if (check.broken.length === 0) continue;
      tally.find({
        seqs: check.slowest,
        expected: latencyText(expectation),
        seen: check.seen,
        sentence: `Messages of ${expectation.of} were too slow: ${check.broken.join('; ')}.`,
      });
    }
    return tally.result();
  },
};
