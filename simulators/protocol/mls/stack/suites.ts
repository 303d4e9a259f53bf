import { SUITE_NUMBERS } from '../crypto/cipher-suite.ts';
import type { SuiteNumber } from '../crypto/cipher-suite.ts';

export function isSuite(suite: number): suite is SuiteNumber {
  return (SUITE_NUMBERS as readonly number[]).includes(suite);
}
