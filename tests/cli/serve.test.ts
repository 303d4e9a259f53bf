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
  const words = [bin, 'serve', '--interactive', WORLD, '-i', DESCRIPTION, '--port', port];
  words.push('--write-env', file);
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
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
  // However short the scenario is: it lasts until it is lifted.
  child.stdin.write('fault outage: gateway/rbm\n');
  await expect.poll(() => said).toContain('by-hand-1 acts');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it('serve without a scenario has every gateway, shows texts, and takes lines', async () => {
  const folder = temporaryFolder();
  const ports = await holdPorts(1);
  await ports.release();
  const port = String(20_000 + ((ports.numbers[0]! - 18_000) % 12_000));
  const file = join(folder, 'told.env');
  const bin = join(PROJECT_FOLDER, 'harness/cli/bin.js');
  const words = [bin, 'serve', '--interactive', '--port', port, '--write-env', file];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  }
  const until = (text: string | RegExp): Promise<void> =>
    expect.poll(() => said, { timeout: 20_000 }).toMatch(text);
  await until('serving unit-tests; people: ana +999100000001, ben');
  const text = readFileSync(file, 'utf8');
  const told = (name: string): string =>
    new RegExp(`^GATEWAY_TWILIO_${name}=(\\S+)`, 'm').exec(text)?.[1] ?? '';
  const account = told('ACCOUNTSID');
  const send = async (to: string): Promise<number> => {
    const response = await fetch(`${told('URL')}/2010-04-01/Accounts/${account}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${account}:${told('AUTHTOKEN')}`)}` },
      body: new URLSearchParams({ To: to, From: told('PHONENUMBER'), Body: 'Your parcel' }),
    });
    return response.status;
  };
  expect(await send('+999100000001')).toBe(201);
  await until('ana reads: Your parcel');
  expect(await send('+491700000021')).toBe(400);
  child.stdin.write('inbox ana\nnonsense\nfault outage: gateway/twilio\n');
  await until(/^ {2}ana \(person\/ana\/device\/1, sms.*\): Your parcel$/m);
  await until('“nonsense” means nothing here');
  await until('by-hand-1 acts');
  await expect.poll(() => send('+999100000001')).toBe(503);
  child.stdin.write('fault outage: gateway/twillio\nlift\nhelp\n');
  await until('gateway/twillio');
  await until('a person writes to the business');
  expect(await send('+999100000001')).toBe(201);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});
