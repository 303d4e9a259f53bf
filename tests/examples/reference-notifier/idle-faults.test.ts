import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { FAULTS } from '../../../simulators/faults/index.ts';
import { ROOT } from '../judged.ts';
import type { IdleLine } from './idle-faults.ts';

/** Faults of networks, of what is told of phones, and of people; the keys' are in e2ee.test.ts. */
const WORDS = [
  'loss',
  'bandwidth',
  'slow-body',
  'slow-body@push-trickling-answers',
  'flap',
  'partition',
  'partition@sms-centre-cut-off',
  'drop',
  'capability-stale',
  'capability-wrong',
  'capability-flap',
  'roam',
  'airplane-mode',
  'disable-receipts',
  'switch-phone',
  'opt-out',
  'restart',
  'pause',
  'clock-skew',
] as const satisfies readonly (keyof typeof FAULTS | `${keyof typeof FAULTS}@${string}`)[];

test('a fault that does nothing never ends as pass', { timeout: 120_000 }, async () => {
  const program = join(import.meta.dirname, 'idle-faults.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...WORDS], {
    cwd: ROOT,
  });
  const lines = stdout
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as IdleLine]));
  expect(lines.map(({ word }) => word)).toEqual(WORDS);
  const passed = lines.filter(({ verdict }) => verdict !== 'inconclusive' && verdict !== 'fail');
  expect(passed).toEqual([]);
});
