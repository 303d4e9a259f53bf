import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the fixture's tests: one passes, one fails, one is put off, two need vectors. */
const runFixture = (env: NodeJS.ProcessEnv) =>
  new Promise<{ exitCode: unknown; lines: string[] }>((resolve) => {
    const config = 'tests/fixtures/closing-line/vitest.config.ts';
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', config];
    const options = { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env } };
    execFile(process.execPath, args, options, (error, stdout) => {
      resolve({ exitCode: error?.code ?? 0, lines: stdout.trim().split('\n') });
    });
  });

it('counts what passed and failed, files that cannot be loaded included', async () => {
  const { exitCode, lines } = await runFixture({ BELLWETHER_NEEDS: '', MLS_VECTORS: '' });
  expect(lines.at(-1)).toBe('1 passed, 2 failed, 3 skipped');
  expect(exitCode).toBe(1);
});

it('names what was skipped and why', async () => {
  const { lines } = await runFixture({ BELLWETHER_NEEDS: '', MLS_VECTORS: '' });
  expect(lines).toContain('skipped 1 test: outer > is put off');
  expect(lines.join('\n')).toMatch(/^skipped 2 tests: mls-vectors: MLS_VECTORS does not name/m);
});

it('fails what was promised instead of skipping it', async () => {
  const { lines } = await runFixture({ BELLWETHER_NEEDS: 'mls-vectors', MLS_VECTORS: '' });
  expect(lines.at(-1)).toBe('1 passed, 3 failed, 1 skipped');
});
