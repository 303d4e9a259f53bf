import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'contract/unknown-status',
  level: 'must',
  kind: 'safety',
  fails: 'A status is told in a word that status.words does not declare.',
  hint: 'Add the word to status.words in implementation.yaml, under what it means.',
  source: 'design: implementation contract, status',
};

export const unknownStatus: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    tally.judged(view.fold.statusesSeen);
    for (const { raw, count, seqs, message } of view.fold.unknownStatuses.values()) {
      tally.find({
        message,
        seqs,
        expected: 'a declared status word',
        seen: `“${raw}” (${plural(count, 'time')})`,
        sentence:
          `The status “${raw}” was told ${plural(count, 'time')}, first for ${message}, and is ` +
          'not declared.',
      });
    }
    return tally.result();
  },
};
