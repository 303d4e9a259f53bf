import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const lockWith = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });

/** A checkout with nothing but the bootstrap, and a command line that prints what it was given. */
let checkout = '';
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'bellwether-bootstrap-'));
  cpSync(join(root, 'harness/bootstrap'), join(checkout, 'harness/bootstrap'), { recursive: true });
  mkdirSync(join(checkout, 'harness/cli'));
  cpSync(join(root, 'harness/cli/bin.js'), join(checkout, 'harness/cli/bin.js'));
  writeFileSync(
    join(checkout, 'harness/cli/main.ts'),
    `export const main = async (argv: string[]): Promise<number> => {
      process.stdout.write(JSON.stringify(argv) + '\\n');
      return argv.includes('--inconclusive') ? 2 : 0;
    };\n`,
  );
  writeFileSync(join(checkout, 'package.json'), '{ "name": "x", "type": "module" }\n');
  writeFileSync(join(checkout, 'package-lock.json'), lockWith({ '': { name: 'x' } }));
  mkdirSync(join(checkout, 'node_modules'));
  writeFileSync(join(checkout, 'node_modules/.package-lock.json'), lockWith({}));
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const run = (script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  new Promise<Ended>((resolve) => {
    const options = { cwd: checkout, env: { ...process.env, ...env } };
    const path = join(checkout, script);
    execFile(process.execPath, [path, ...args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });

it('npm start runs the gate suite with further arguments and its exit code', async () => {
  const { exitCode, stdout } = await run('harness/bootstrap/start.js', ['--inconclusive']);
  expect(JSON.parse(stdout)).toEqual(['run', 'scenarios/gate', '--inconclusive']);
  expect(exitCode).toBe(2);
});

it('npm start without a registry ends with one sentence and exit 4', async () => {
  const absent = { 'node_modules/yaml': { version: '2.9.1' } };
  writeFileSync(
    join(checkout, 'package.json'),
    '{ "name": "x", "type": "module", "dependencies": { "yaml": "2.9.1" } }\n',
  );
  writeFileSync(
    join(checkout, 'package-lock.json'),
    lockWith({ '': { name: 'x', dependencies: { yaml: '2.9.1' } }, ...absent }),
  );
  const { exitCode, stdout, stderr } = await run('harness/bootstrap/start.js', [], {
    npm_config_registry: 'http://127.0.0.1:9',
    npm_config_fetch_retries: '0',
    npm_config_cache: join(checkout, 'cache'),
  });
  expect(stdout).toBe('');
  const lines = stderr.trim().split('\n');
  expect(lines.at(-1)).toMatch(/^bellwether: The packages were not installed: .*ECONNREFUSED/);
  expect(lines).toHaveLength(2);
  expect(exitCode).toBe(4);
});

it('a torn lock file is named, with exit 4', async () => {
  writeFileSync(join(checkout, 'package-lock.json'), '{ "packages": {');
  const { exitCode, stderr } = await run('harness/bootstrap/start.js', []);
  expect(stderr).toMatch(/^bellwether: .*package-lock\.json is not readable as JSON/);
  expect(exitCode).toBe(4);
});

it('the command says its own errors as such, with exit 4', async () => {
  writeFileSync(join(checkout, 'harness/cli/main.ts'), `throw new Error('broken inside');\n`);
  const { exitCode, stderr } = await run('harness/cli/bin.js', []);
  expect(stderr).toMatch(/an error of its own: Error: broken inside/);
  expect(exitCode).toBe(4);
});
