import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createCipherSuite,
  SUITE_NUMBERS,
} from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import type { SuiteNumber } from '../../../simulators/protocol/mls/crypto/cipher-suite.ts';
import { bytesOfHex, hexOf } from '../../../simulators/protocol/mls/crypto/bytes.ts';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { findNeed } from '../../support/needs.ts';

export const SUITES = SUITE_NUMBERS;

export interface SuiteVector {
  readonly cipher_suite: number;
}

/** All vectors of one file for one suite; a file that has none is a defect of the test. */
export function vectorsOf<T extends SuiteVector>(file: string, suite: number): readonly T[] {
  const all = readVectors<T>(file);
  const found = all.filter((vector) => vector.cipher_suite === suite);
  if (found.length === 0) throw new Error(`${file} has no vector of suite ${suite}`);
  return found;
}

/** The working group's JSON vectors, which live outside the project. */
export function readVectors<T>(file: string): readonly T[] {
  return JSON.parse(readFileSync(join(findNeed('mls-vectors') ?? '', file), 'utf8')) as T[];
}

export function testCipherSuite(suite: SuiteNumber, seed = 'vectors') {
  const random = createRandom(seed);
  return createCipherSuite(suite, { random: (length) => random.bytes(length) });
}

export const un = bytesOfHex;
export const hex = hexOf;
