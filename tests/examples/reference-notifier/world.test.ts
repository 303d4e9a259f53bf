import { beforeAll, describe, expect, test } from 'vitest';
import type { CellLine } from './gate-cells.ts';
import { played } from './played.ts';

const runGate = (): Promise<CellLine[]> => played('scenarios/gate');

describe('the gate suite in virtual time', () => {
  let first: CellLine[] = [];
  let second: CellLine[] = [];
  beforeAll(async () => {
    [first, second] = await Promise.all([runGate(), runGate()]);
  }, 120_000);

  test('nothing is found, and every cell shows messages', () => {
    expect(first.length).toBeGreaterThan(15);
    expect(first.flatMap(({ cell, found }) => found.map((one) => `${cell} ${one}`))).toEqual([]);
    expect(first.filter(({ shown }) => shown === 0)).toEqual([]);
  });

  test('two processes write the same histories, byte for byte', () => {
    expect(second).toEqual(first);
  });
});
