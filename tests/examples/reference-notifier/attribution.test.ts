import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { AttributedCell } from './attributed-cells.ts';

const script = join(import.meta.dirname, 'attributed-cells.ts');

async function attributed(variants: readonly string[]): Promise<AttributedCell[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...variants]);
  return stdout
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as AttributedCell]));
}

/** What no phone had and no key can open: refused pushes, links that nobody followed. */
const NAMELESS = ['app-push throttled', 'app-push unavailable', 'secure-link accepted'];

describe('whose each transmission is, when no id says so', () => {
  // Besides the reference itself: messages that never leave, and copies beside each other, are what
  // a guess by elimination would be wrong about.
  test.each([
    [[]],
    [['lost-every-third']],
    [['missed-no-fallback']],
    [['duplicate-no-revocation', 'eager-retries']],
    [['slow-by-hesitation', 'not-idempotent-retry']],
  ])(
    'is never said wrongly %j',
    async (variants) => {
      const cells = await attributed(variants);
      expect(cells.length).toBeGreaterThan(20);
      expect(cells.filter(({ alike }) => !alike).map(({ cell }) => cell)).toEqual([]);
      expect(cells.flatMap(({ cell, wrong }) => wrong.map((one) => `${cell} ${one}`))).toEqual([]);
      const left = new Set(cells.flatMap(({ unattributed }) => unattributed));
      expect([...left].filter((one) => !NAMELESS.includes(one))).toEqual([]);
      expect(cells.reduce((sum, { dispatches }) => sum + dispatches, 0)).toBeGreaterThan(200);
    },
    60_000,
  );
});
