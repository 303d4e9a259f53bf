import type { SuiteNumber } from '../crypto/cipher-suite.ts';

/** RFC 9420 §17.1: what our engine speaks. */
export const SUITE_NUMBERS = [1, 2] as const satisfies readonly SuiteNumber[];

export function isSuite(suite: number): suite is SuiteNumber {
  return (SUITE_NUMBERS as readonly number[]).includes(suite);
}
