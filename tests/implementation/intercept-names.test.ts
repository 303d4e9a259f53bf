/** How the preload names what leads nowhere: by msw where it is, by the host where it is not. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from './stage.ts';

const run = promisify(execFile);
const OWN = join(import.meta.dirname, '../../harness/implementation');
const PROGRAM = `
import https from 'node:https';
const url = 'https://tracker.example/pixel?of=ana';
const said = await fetch(url, { method: 'POST', body: 'x' }).catch(({ cause }) => cause.code);
const again = await new Promise((resolve) => {
  https.get(url).on('error', ({ code }) => resolve(code));
});
console.log(said, again, typeof globalThis.__MSW_INTERNAL_CONNECTION_CONTEXT);
`;

/** Runs the program behind a preload, and gives what it printed and what the proxy was asked. */
async function asked(preload: string, program: string) {
  const lines: string[] = [];
  const proxy = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (chunk: Buffer) => {
      lines.push(chunk.toString().split(' HTTP/1.1')[0] ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const file = join(temporaryFolder(), 'program.mjs');
  writeFileSync(file, program);
  const { stdout } = await run(process.execPath, ['--import', preload, file], {
    env: { ...process.env, BELLWETHER_INTERCEPT: JSON.stringify({ proxy: port, hosts: [] }) },
  });
  return { lines, said: stdout.trim() };
}

it('names each request by its method and address, without the query', async () => {
  const { lines, said } = await asked(join(OWN, 'intercept-preload.js'), PROGRAM);
  expect(said).toBe('ECONNREFUSED ECONNREFUSED object');
  await expect
    .poll(() => lines)
    .toEqual(['POST https://tracker.example/pixel', 'GET https://tracker.example/pixel']);
});

it('names them by their host where msw is too old to tell', async () => {
  const folder = temporaryFolder();
  const old = join(folder, 'node_modules/msw');
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, 'package.json'), '{"name":"msw","version":"2.12.0"}');
  for (const name of ['intercept-preload.js', 'intercept-names.js']) {
    cpSync(join(OWN, name), join(folder, name));
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const preload = join(folder, 'intercept-preload.js');
  const { lines, said } = await asked(preload, PROGRAM);
  expect(said).toBe('ECONNREFUSED ECONNREFUSED undefined');
  await expect.poll(() => lines).toEqual(Array(2).fill('CONNECT tracker.example:443'));
});

it('has nothing of msw in a program that asks nobody else', async () => {
  const { said } = await asked(
    join(OWN, 'intercept-preload.js'),
    'console.log(typeof globalThis.__MSW_INTERNAL_CONNECTION_CONTEXT);\n',
  );
  expect(said).toBe('undefined');
});
