import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'implementation/output-flood',
  level: 'must',
  kind: 'safety',
  fails: 'The implementation writes more output than the limit; the rest is dropped.',
  hint: 'Look for a log line per retry or per poll.',
  source: 'design: bad input',
};

export const outputFlood: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const { run } = view.fold;
    tally.judged(Math.max(run.outputs, run.starts));
    const first = run.floods[0];
    if (first !== undefined) {
      tally.find({
        seqs: run.floods.map((flood) => flood.seq),
        expected: 'output below the limit',
        seen: `more than the limit on ${first.what}`,
        sentence: `The implementation flooded its ${first.what}; what was too much was dropped.`,
      });
    }
    return tally.result();
  },
};
