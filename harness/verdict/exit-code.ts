import type { Verdict } from '../../simulators/kernel/words.ts';

/**
 * Exit codes by verdict; only `error` may be retried by a machine. 3 is no verdict: a bad file or
 * option, a missing executable, an unusable template.
 */
export const EXIT_CODES = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
  'not-applicable': 2,
  error: 4,
} as const satisfies Record<Verdict, number>;
