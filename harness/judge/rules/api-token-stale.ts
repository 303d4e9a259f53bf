import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'api/token-stale',
  level: 'must',
  kind: 'safety',
  fails: 'An expired access token is used on after it was refused for the first time.',
  hint:
    'On 401 drop the token and fetch another before anything else is sent; expires_in is a ' +
    'promise that the service may break.',
  source: 'RFC 6750 §3.1 (invalid_token); design: api/token-stale',
};

export const tokenStale: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const [component, counts] of view.fold.doors.doors) {
      tally.judged(counts.expiries);
      if (counts.staleUsed === 0) continue;
      const uses = plural(counts.staleUsed, 'more request');
      tally.find({
        seqs: counts.staleUses,
        expected: 'another token after the first refusal',
        seen: `${uses} with the token that had been refused`,
        sentence:
          `${component} refused an expired access token and was sent ${uses} with it, before ` +
          'another was asked for.',
      });
    }
    return tally.result();
  },
};
