import type { Verdict } from '../../simulators/kernel/words.ts';

/** Bad file or option, missing executable, unusable template: nothing was judged. */
export const EXIT_USAGE = 3;

/** Exit codes by verdict; only `error` may be retried by a machine. */
export const EXIT_CODES = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
  'not-applicable': 2,
  error: 4,
} as const satisfies Record<Verdict, number>;
