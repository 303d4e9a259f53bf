import { beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import type { Judged } from './judged.ts';
import { judged, mustFindings, verdictsOf } from './judged.ts';

const FOLDER = 'examples/apprise';

needs('apprise')('Apprise as Debian packages it', () => {
  let run: Judged;
  beforeAll(async () => {
    run = await judged([`${FOLDER}/scenarios`], `${FOLDER}/implementation.yaml`, [
      '--known-failures',
      `${FOLDER}/known-failures.yaml`,
    ]);
  }, 240_000);

  test('brings texts of one part and of several as they were written', () => {
    expect(verdictsOf(run.report), run.shown).toContain('apprise-texts pass');
    const { verdict } = run.report.cells.find(({ scenario }) => scenario === 'apprise-texts')!;
    expect(verdict.counts).toMatchObject({ accepted: 6, displayed: 6 });
  });

  test('is not blamed for saying that the gateway refused a text', () => {
    expect(verdictsOf(run.report)).toContain('apprise-limited pass');
    const cell = run.report.cells.find(({ scenario }) => scenario === 'apprise-limited')!;
    expect(cell.verdict.faults[0]!.hits).toBeGreaterThanOrEqual(1);
  });

  test('calls a text refused that was only slow, and arrived', () => {
    expect(mustFindings(run.report)).toEqual({
      'apprise-slow': ['contract/definite-failure-delivered'],
    });
    expect(run.report.knownFailures.used).toHaveLength(1);
    expect(run.report.knownFailures.toPaste).toEqual([]);
    expect(run.exitCode).toBe(0);
  });
});
