import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'contract/probe',
  level: 'must',
  kind: 'safety',
  fails: 'The honesty probe was not met: an unknown operation or recipient, or a repeated key.',
  hint: 'The probe’s name and detail say what was asked and what came back.',
  source: 'design: honesty probe',
};

export const probe: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const result of view.fold.run.probes) {
      tally.judged();
      if (result.held) continue;
      tally.find({
        seqs: [result.seq],
        expected: `the probe ${result.probe} to hold`,
        seen: result.detail,
        sentence: `The honesty probe “${result.probe}” failed: ${result.detail}.`,
      });
    }
    return tally.result();
  },
};
