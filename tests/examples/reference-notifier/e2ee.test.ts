import { beforeAll, describe, expect, test } from 'vitest';
import type { FAULTS } from '../../../simulators/faults/index.ts';
import { createVocabulary } from '../../../harness/compose.ts';
import { loadPlan } from '../../../harness/plan/load.ts';
import { ROOT } from '../judged.ts';
import type { CellLine } from './gate-cells.ts';
import { played } from './played.ts';

const { cells } = loadPlan(['scenarios/e2ee'], {
  vocabulary: createVocabulary(),
  workingDirectory: ROOT,
});

/** Every fault of the catalogue's group `keys`, and what takes encryption away. */
const KEY_FAULTS = [
  'key-loss',
  'revoke',
  'rotate',
  'key-packages-exhausted',
  'epoch-fork',
  'commit-lost',
  'welcome-lost',
  'sim-swap',
  'attestation-fail',
  'replay',
  'token-theft',
  'state-theft',
  'stale-after-long-offline',
  'carrier-disables-e2ee',
  'number-ported',
  'os-downgrade',
] as const satisfies readonly (keyof typeof FAULTS)[];

describe('the e2ee suite', () => {
  let lines: CellLine[] = [];
  beforeAll(async () => {
    lines = await played('scenarios/e2ee');
  }, 120_000);

  test('has a scenario for every key fault', () => {
    const used = new Set(cells.flatMap(({ faults }) => faults.map(({ fault }) => fault)));
    expect(KEY_FAULTS.filter((fault) => !used.has(fault))).toEqual([]);
  });

  test('is passed by the reference and by the phones, without a finding', () => {
    expect(lines).toHaveLength(cells.length);
    const bad = lines.filter(({ verdict, found }) => verdict !== 'pass' || found.length > 0);
    expect(bad.map(({ cell, verdict, found }) => [cell, verdict, found.slice(0, 3)])).toEqual([]);
    expect(lines.every(({ shown }) => shown > 0)).toBe(true);
  });
});
