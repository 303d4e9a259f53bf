import { describe, expect, test } from 'vitest';
import {
  EmptyRuns,
  hashOf,
  isSameStretch,
} from '../../../simulators/protocol/canary/empty-runs.ts';
import type { Stretch } from '../../../simulators/protocol/canary/empty-runs.ts';

function stretch(text: string): Stretch {
  const bytes = Buffer.from(text);
  return { bytes, start: 0, length: bytes.length, hash: hashOf(bytes, 0, bytes.length) };
}

/** Alike in length and in every byte that the hash looks at. */
const LIKE = stretch(`${'a'.repeat(10)}b${'a'.repeat(29)}`);
const RUN = stretch('a'.repeat(40));
const SHORTER = { ...stretch('a'.repeat(30)), hash: RUN.hash };

describe('a run that holds nothing', () => {
  test('is known again wherever it stands, as deep or deeper', () => {
    const runs = new EmptyRuns();
    runs.add(RUN, 1);
    const bytes = Buffer.from(`"${'a'.repeat(40)}"`);
    const elsewhere = { bytes, start: 1, length: 40, hash: hashOf(bytes, 1, 41) };
    expect([0, 1, 2].map((depth) => runs.has(elsewhere, depth))).toEqual([false, true, true]);
  });

  test('is not taken for another with its hash, of which one takes the place of the other', () => {
    const runs = new EmptyRuns();
    runs.add(RUN, 0);
    expect(LIKE.hash).toBe(RUN.hash);
    expect([runs.has(LIKE, 0), runs.has(SHORTER, 0)]).toEqual([false, false]);
    runs.add(LIKE, 0);
    expect([runs.has(LIKE, 0), runs.has(RUN, 0)]).toEqual([true, false]);
  });

  test('is the same as another only when all their bytes are', () => {
    expect(isSameStretch(RUN, stretch('a'.repeat(40)))).toBe(true);
    for (const other of [LIKE, SHORTER, stretch('b'.repeat(40))]) {
      expect([isSameStretch(RUN, other), isSameStretch(other, RUN)]).toEqual([false, false]);
    }
  });
});
