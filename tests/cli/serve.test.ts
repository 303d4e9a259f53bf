/** `bellwether serve`: a world without a run, until it is stopped. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { holdPorts } from '../../harness/implementation/own-ports.ts';
import { temporaryFolder } from '../implementation/stage.ts';

const WORLD = join(PROJECT_FOLDER, 'examples/compose/world.yaml');
const DESCRIPTION = join(PROJECT_FOLDER, 'examples/compose/implementation.yaml');

it('serve writes what a program is told, serves the doors, and ends when asked', async () => {
  const folder = temporaryFolder();
  const ports = await holdPorts(1);
  await ports.release();
  const port = String(20_000 + ((ports.numbers[0]! - 18_000) % 12_000));
  const file = join(folder, 'told.env');
  const bin = join(PROJECT_FOLDER, 'harness/cli/bin.js');
  const words = [bin, 'serve', WORLD, '-i', DESCRIPTION, '--port', port, '--write-env', file];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  }
  await expect
    .poll(() => said, { timeout: 20_000 })
    .toContain('serving compose-world; people: ana');
  expect(existsSync(file)).toBe(true);
  const text = readFileSync(file, 'utf8');
  const url = /^GATEWAY_RBM_URL=(\S+)/m.exec(text)?.[1];
  // Under the description's own name too.
  expect(/^RBM_BASE_URL=(\S+)/m.exec(text)?.[1]).toBe(url);
  const refused = await fetch(`${url}/v1/phones/+999100000001/capabilities?requestId=1&agentId=a`);
  expect(refused.status).toBe(401);
  await expect.poll(() => said).toContain('gateway/rbm was asked');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
