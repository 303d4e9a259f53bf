import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { OUTSIDE } from '../../../simulators/kernel/words.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'contract/unexpected-traffic',
  level: 'must',
  kind: 'safety',
  fails:
    'A door gets a request that its protocol does not know, or a host is called that no ' +
    'simulator stands for.',
  hint:
    'Compare the request line with the vendor’s reference; a typo or an unsupported operation? ' +
    'A host that it may ask for can stand under `outside` in implementation.yaml.',
  source: 'design: unexpected traffic fails by default',
};

export const unexpectedTraffic: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    tally.judged(view.fold.doors.requests);
    for (const { component, what, count, seqs } of view.fold.doors.unexpected.values()) {
      const outside = component === OUTSIDE;
      const times = plural(count, 'time');
      tally.find({
        seqs,
        expected: outside ? 'only hosts of simulated vendors' : `operations of ${component}`,
        seen: `${what} (${times})`,
        sentence: outside
          ? `No simulator stands for the host that it called ${times}: ${what}.`
          : `${component} does not know what it was sent ${times}: ${what}.`,
      });
    }
    return tally.result();
  },
};
