/** The example project, run as its reader runs it: Twilio's own SDK, `bellwether/vitest`. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';

const EXAMPLE = join(PROJECT_FOLDER, 'examples/unit-tests');
const VITEST = join(PROJECT_FOLDER, 'node_modules/vitest/vitest.mjs');

function run(folder: string): { readonly status: number | null; readonly said: string } {
  const words = [VITEST, 'run', '--root', folder, '--reporter=tap-flat'];
  // What tells Vitest that it runs inside of itself is not for that other run.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')),
  );
  const ended = spawnSync(process.execPath, words, { env, encoding: 'utf8' });
  return { status: ended.status, said: ended.stdout + ended.stderr };
}

/** A copy beside the example, where the package's own name still leads to the package. */
function copyWith(change: (code: string) => string): string {
  const folder = join(PROJECT_FOLDER, '.bellwether', `example-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(EXAMPLE, folder, { recursive: true });
  const file = join(folder, 'parcel-notices.ts');
  const code = readFileSync(file, 'utf8');
  const changed = change(code);
  expect(changed, 'the change finds its place').not.toBe(code);
  writeFileSync(file, changed);
  return folder;
}

it('the example holds', () => {
  const { status, said } = run(EXAMPLE);
  expect(said).not.toContain('not ok');
  expect(said.match(/^ok /gm)).toHaveLength(7);
  expect(status).toBe(0);
});

it.each([
  ['never asks again', 'const MOST_ATTEMPTS = 3;', 'const MOST_ATTEMPTS = 1;', 'slow down'],
  ['takes no notice of STOP', 'const OPTED_OUT = 21610;', 'const OPTED_OUT = 1;', 'STOP'],
  ['believes nobody', 'if (!twilio.validate', 'if (true || !twilio.validate', 'by RCS'],
])('a service that %s fails in it', (_what, find, replace, test) => {
  const { status, said } = run(copyWith((code) => code.replace(find, replace)));
  expect(status).not.toBe(0);
  const failed = said.split('\n').filter((line) => line.startsWith('not ok'));
  expect(failed).toHaveLength(1);
  expect(failed[0]).toContain(test);
});
