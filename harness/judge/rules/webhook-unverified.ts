import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'webhook/unverified',
  level: 'must',
  kind: 'liveness',
  fails: 'The webhook that the implementation declares does not pass the gateway’s verification.',
  hint:
    'Is callbacks.<gateway>.path right? It has to answer 200 with the secret. Until it does, the ' +
    'vendor sends no receipt and no reply.',
  source: 'RCS for Business, “Set up webhooks”: verification',
};

export const unverified: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const [component, { at, seq, status, held }] of view.fold.wires.verifications) {
      if (!held && status === 'ETIMEDOUT' && view.lagged(0, at)) {
        tally.leave('the harness was too slow');
        tally.distrust('the harness was too slow to judge the verification');
        continue;
      }
      tally.judged();
      if (held) continue;
      tally.find({
        seqs: [seq],
        expected: '200 with the secret that was sent',
        seen: status,
        sentence:
          `${component} could not verify the implementation’s webhook (${status}): it sends no ` +
          'receipt and no reply.',
      });
    }
    return tally.result();
  },
};
