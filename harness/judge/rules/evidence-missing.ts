import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { faultOutcomes } from '../fault-outcomes.ts';
import { checkLatency, latencyText } from '../latency-check.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'evidence/missing',
  level: 'must',
  kind: 'liveness',
  fails: 'A fault or a statistic stays below its evidence floor; the verdict is inconclusive.',
  hint: 'Let the fault last longer, raise the traffic, or lower the floor.',
  source: 'scenario: evidence floors',
};

/** Never a finding about the implementation: it says that too little was seen. */
export const evidenceMissing: Rule = {
  entry,
  worldToo: true,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const fault of faultOutcomes(view)) {
      if (fault.reached) {
        tally.judged();
        continue;
      }
      const what = `${fault.name} (${fault.entry} of ${fault.target})`;
      // Nobody's message could have met it: what the scenario says besides is judged without it.
      if (fault.outside === true) {
        tally.leave(`${what} strikes only what the implementation does not claim to use`);
        continue;
      }
      const reason = `${what} hit ${fault.hits}, floor ${fault.floor}`;
      tally.leave(reason);
      tally.distrust(reason);
    }
    for (const expectation of view.cell.expect) {
      if (expectation.kind !== 'latency') continue;
      const check = checkLatency(view, expectation);
      if (check.enough) {
        tally.judged();
        continue;
      }
      const reason = `${latencyText(expectation)}: only ${plural(check.samples, 'sample')}`;
      tally.leave(reason);
      tally.distrust(reason);
    }
    return tally.result();
  },
};
