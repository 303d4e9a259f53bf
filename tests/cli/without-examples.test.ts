/** The installed package has no examples: commands that play them say so. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-without-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  for (const part of ['harness', 'simulators', 'reports', 'scenarios', 'package.json']) {
    cpSync(join(PROJECT_FOLDER, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(PROJECT_FOLDER, 'node_modules'), join(folder, 'node_modules'));
});

it('the selftest needs a checkout, and says so', () => {
  const words = [join(folder, 'harness/cli/bin.js'), 'selftest'];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toContain('the selftest needs the reference notifier, and it is not here');
  expect(stderr).toContain('It comes with a checkout of Bellwether');
  expect(status).toBe(3);
});
