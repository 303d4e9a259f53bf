import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CellLine } from './gate-cells.ts';

const script = join(import.meta.dirname, 'gate-cells.ts');

async function runGate(): Promise<CellLine[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as CellLine]));
}

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
