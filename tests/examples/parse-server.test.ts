import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { needs } from '../support/needs.ts';
import type { Judged } from './judged.ts';
import { judged, mustFindings, ROOT } from './judged.ts';

const FOLDER = 'examples/parse-server';
const DESCRIPTION = `${FOLDER}/implementation.yaml`;

needs('parse-server')('Parse Server as the npm registry has it', () => {
  let run: Judged;
  beforeAll(async () => {
    // Each cell starts a database: one at a time, or the harness itself is held up.
    run = await judged([`${FOLDER}/scenarios`], DESCRIPTION, [
      '--jobs',
      '1',
      '--known-failures',
      `${FOLDER}/known-failures.yaml`,
    ]);
  }, 580_000);

  const displayed = (scenario: string): readonly (readonly [unknown, number])[] =>
    run.report.cells
      .filter((cell) => cell.scenario === scenario)
      .map(({ matrix, verdict }) => [matrix['platform'], verdict.counts.displayed] as const)
      .toSorted(([a], [b]) => String(a).localeCompare(String(b)));

  test('has the findings of the register, and no others', () => {
    // What was lost is within what the scenario allows; that nobody tried again is not.
    expect(mustFindings(run.report), run.shown).toEqual({
      'token-gone': ['delivery/lost', 'fallback/missed'],
    });
    // One cell of push-away, both of token-gone.
    expect(run.report.knownFailures.used).toHaveLength(3);
    expect(run.report.knownFailures.toPaste).toEqual([]);
    expect(run.exitCode).toBe(0);
  });

  test('delivers every alert to both platforms, by its own APNs and FCM clients', () => {
    expect(displayed('push-alone')).toEqual([
      ['android-16', 8],
      ['ios-26.5', 8],
    ]);
  });

  test('sends again what FCM refused for now, and not what APNs did', () => {
    expect(displayed('push-away')[0]).toEqual(['android-16', 8]);
    expect(displayed('push-away')[1]![1]).toBeLessThan(8);
  });

  test('may keep texts in its database alone: that is relaxed, and the report says so', () => {
    const { relaxations } = run.report.cells.find(({ scenario }) => scenario === 'push-alone')!;
    expect(relaxations.join()).toContain('implementation-files may see high on any');
    expect(relaxations).toHaveLength(1);
  });
});

needs('parse-server')('Parse Server without the clean-up of installations', () => {
  test('pushes to a token that it was told is dead', async () => {
    // Settings alone differ. The folder stays the example's own, since its programs lie there.
    const description = join(ROOT, FOLDER, 'implementation.as-packaged.yaml');
    const paths = [`${FOLDER}/scenarios/token-gone.yaml`];
    const { report } = await judged(paths, description, ['--no-probe', '--only', 'android-16']);
    expect(mustFindings(report)['token-gone']).toContain('push/unregistered-token');
    // At its default level the log has the input of every cloud function.
    expect(mustFindings(report)['token-gone']).toContain('e2ee/plaintext-exposed');
  }, 240_000);
});
