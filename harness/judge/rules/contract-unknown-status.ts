import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { CHANNELS } from '../../../simulators/kernel/words.ts';
import type { UnknownStatus } from '../fold.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'contract/unknown-status',
  level: 'must',
  kind: 'safety',
  fails:
    'A status is told in a word that status.words does not declare, a channel by a name that is ' +
    'neither ours nor in status.channels, or encrypted as neither true nor false.',
  hint:
    'Add the word to status.words in implementation.yaml, under what it means, a name to ' +
    'status.channels; encrypted is true or false.',
  source: 'design: implementation contract, status',
};

interface Words {
  readonly expected: string;
  readonly named: (raw: string) => string;
  readonly is: string;
}

const WORDS: Readonly<Record<UnknownStatus['what'], Words>> = {
  status: {
    expected: 'a declared status word',
    named: (raw) => `The status “${raw}”`,
    is: 'not declared',
  },
  channel: {
    expected: `one of ${CHANNELS.join(', ')}, or a name that status.channels declares`,
    named: (raw) => `The channel “${raw}”`,
    is: 'neither one of ours nor declared',
  },
  encrypted: {
    expected: 'true or false',
    named: (raw) => `“Encrypted: ${raw}”`,
    is: 'neither true nor false',
  },
};

export const unknownStatus: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    tally.judged(view.fold.statusesSeen);
    for (const { what, raw, count, seqs, message } of view.fold.unknownStatuses.values()) {
      const { expected, named, is } = WORDS[what];
      tally.find({
        message,
        seqs,
        expected,
        seen: `“${raw}” (${plural(count, 'time')})`,
        sentence:
          `${named(raw)} was told ${plural(count, 'time')}, first for ${message}, and is ` +
          `${is}.`,
      });
    }
    return tally.result();
  },
};
