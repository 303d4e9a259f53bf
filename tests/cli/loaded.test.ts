import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-loaded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PRELOAD = join(import.meta.dirname, 'print-loaded.ts');
const BIN = join(PROJECT_FOLDER, 'harness/cli/bin.js');

/** The URLs of what a run of one scenario loads. */
function loadedBy(scenario: string): readonly string[] {
  const child = spawnSync(
    process.execPath,
    ['--import', PRELOAD, BIN, 'run', scenario, '--no-probe', '-r', 'terminal', '--out', folder],
    { cwd: PROJECT_FOLDER, encoding: 'utf8' },
  );
  expect(child.status, child.stdout).toBe(0);
  return child.stderr.trim().split('\n');
}

test('a run in memory loads its own gateway, and neither sockets nor other ways to start', () => {
  const loaded = loadedBy('scenarios/gate/android-e2ee-on.yaml');
  const has = (file: string): boolean => loaded.some((one) => one.includes(file));
  expect(has('simulators/gateway/rbm/door.ts')).toBe(true);
  expect(has('harness/implementation/module-start.ts')).toBe(true);
  expect(has('node:zlib')).toBe(true);
  const needless = [
    'simulators/gateway/twilio/',
    'simulators/gateway/sinch/',
    'simulators/gateway/vonage/',
    'simulators/gateway/infobip/',
    'simulators/gateway/sessions/',
    'simulators/network/socket-network.ts',
    'harness/implementation/command-start.ts',
    'harness/implementation/container-start.ts',
    'node:http',
  ];
  expect(needless.filter(has)).toEqual([]);
});
