import { beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import type { Judged } from './judged.ts';
import { judged, mustFindings, verdictsOf } from './judged.ts';

const FOLDER = 'examples/node-red';

needs('node-red')('Node-RED and its Twilio node as the npm registry has them', () => {
  let run: Judged;
  beforeAll(async () => {
    run = await judged([`${FOLDER}/scenarios`], `${FOLDER}/implementation.yaml`, [
      '--known-failures',
      `${FOLDER}/known-failures.yaml`,
    ]);
  }, 240_000);

  const cellOf = (name: string): Judged['report']['cells'][number] =>
    run.report.cells.find(({ scenario }) => scenario === name)!;

  test('come to the simulator by Twilio’s own host name, through the proxy', () => {
    expect(verdictsOf(run.report), run.shown).toContain('texts pass');
    expect(cellOf('texts').verdict.counts).toMatchObject({ accepted: 9, displayed: 9 });
    expect(cellOf('texts').verdict.faults[0]!.hits).toBeGreaterThanOrEqual(1);
  });

  test('have the findings of the register, and no others', () => {
    expect(mustFindings(run.report)).toEqual({
      limited: ['fallback/misreported', 'fallback/missed'],
    });
    expect(run.report.knownFailures.used).toHaveLength(3);
    expect(run.report.knownFailures.toPaste).toEqual([]);
    expect(run.exitCode).toBe(0);
  });

  test('lose a text for each time that the gateway says to wait, and say so', () => {
    const { counts, faults } = cellOf('limited').verdict;
    const refused = faults.find(({ name }) => name === 'limited')!.hits;
    expect(refused).toBeGreaterThanOrEqual(1);
    expect(counts.messages - counts.displayed).toBe(refused);
  });
});
