import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';

const entry: RuleEntry = {
  name: 'api/token-abuse',
  level: 'should',
  kind: 'safety',
  fails: 'A new access token is fetched for nearly every call while the last is good.',
  hint:
    'Keep the token until shortly before it expires; “shortly” is a part of expires_in, which ' +
    'may be less than a minute.',
  source: 'RFC 6749 §5.1 (expires_in)',
};

/** Fewer fetches than this prove nothing. */
const MIN_TOKENS = 10;

export const tokenAbuse: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    for (const [component, counts] of view.fold.doors.doors) {
      if (counts.tokens === 0) continue;
      tally.judged(counts.tokens);
      if (counts.tokens < MIN_TOKENS || counts.tokensEarly * 2 < counts.sends) continue;
      if (counts.tokensEarly * 2 < counts.tokens) continue;
      tally.find({
        seqs: counts.tokenSeqs,
        expected: 'one token for many calls',
        seen: `${counts.tokens} tokens for ${counts.sends} messages`,
        sentence:
          `${component} gave out ${counts.tokens} tokens for ${counts.sends} messages, ` +
          `${counts.tokensEarly} of them while the one before was still good.`,
      });
    }
    return tally.result();
  },
};
