import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'contract/unexpected-traffic',
  level: 'must',
  kind: 'safety',
  fails: 'A door gets a request that its protocol does not know.',
  hint: 'Compare the request line with the vendor’s reference; a typo or an unsupported operation?',
  source: 'design: unexpected traffic fails by default',
};

export const unexpectedTraffic: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    tally.judged(view.fold.doors.requests);
    for (const { component, what, count, seqs } of view.fold.doors.unexpected.values()) {
      tally.find({
        seqs,
        expected: `operations of ${component}`,
        seen: `${what} (${plural(count, 'time')})`,
        sentence: `${component} does not know what it was sent ${plural(count, 'time')}: ${what}.`,
      });
    }
    return tally.result();
  },
};
