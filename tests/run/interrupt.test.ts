import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { judgeHistory } from '../../harness/judge/index.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { descriptionText, isAlive, temporaryFolder } from '../implementation/stage.ts';

/** Far longer than the test: only an interruption ends it. */
const SCENARIO = `bellwether: 1
scenario: endless
summary: Appointments reach one person by SMS.
duration: 1h
clock: wall
world:
  carriers: { northtel: {} }
  people: { ana: { device: android-16, carrier: northtel } }
traffic:
  first:
    to: ana
    every: 200ms
    during: 0s..1h
    message: { kind: appointment, sensitivity: low }
`;
const PATIENCE = { timeout: 40_000, interval: 50 };

function readIf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

it.each<[what: string, signal: NodeJS.Signals]>([
  ['Ctrl-C', 'SIGINT'],
  ['a terminal that closes', 'SIGHUP'],
])('%s ends a run in wall time in order: nothing runs on, the rest is judged', async (_, how) => {
  const folder = temporaryFolder();
  const pids = join(folder, 'pids');
  writeFileSync(join(folder, 'endless.yaml'), SCENARIO);
  writeFileSync(join(folder, 'implementation.yaml'), descriptionText(`http.mjs parent ${pids}`));
  const bin = join(PROJECT_FOLDER, 'harness/cli/bin.js');
  const argv = [bin, 'run', 'endless.yaml', '--no-probe', '-r', 'json', '--out', 'runs'];
  const run = spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void run.kill('SIGKILL'));
  let said = '';
  for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ended = new Promise<number | null>((resolve) => {
    run.once('close', (code) => resolve(code));
  });

  const runs = join(folder, 'runs');
  const historyFile = (): string => {
    const names = existsSync(runs) ? readdirSync(runs, { recursive: true, encoding: 'utf8' }) : [];
    return join(runs, names.find((name) => name.endsWith('.ndjson')) ?? 'none yet');
  };
  // The history is on the disk while it grows, and what it says happened has happened.
  await vi.waitFor(() => {
    expect(readIf(historyFile()), said).toContain('"kind":"message.answered"');
  }, PATIENCE);
  const child = Number(readIf(pids).trim());
  expect(isAlive(child)).toBe(true);

  run.kill(how);
  // 2: what was asked for was not all seen, so nothing follows.
  expect(await ended, said).toBe(2);
  await vi.waitFor(() => expect(isAlive(child)).toBe(false), PATIENCE);
  const lines = readFileSync(historyFile(), 'utf8').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as HistoryEvent);
  expect(events.at(-1)).toMatchObject({ kind: 'cell.ended', outcome: 'stopped' });
  expect(events.filter(({ kind }) => kind === 'implementation.exited')).toMatchObject([
    { asked: true },
  ]);
  expect((await judgeHistory(historyFile())).verdict).toBe('inconclusive');
});

/** It listens to nobody and says nothing, and would be waited for ten minutes. */
const NEVER_READY = `bellwether: 1
implementation: never-ready
version: 1.0.0
role: notifier
claims: { channels: [sms], sms: [smpp] }
start:
  command: [node, -e, 'setInterval(() => {}, 1000)']
  ready: READY
`;
const BY_HTTP = 'send: { request: { path: /send }, accepted: { status: [202], id: /id } }\n';

it.each([
  ['an HTTP answer', '{ http: /healthz, within: 10m }', BY_HTTP],
  ['its hello', '{ within: 10m }', 'send: { stdio: true }\n'],
])('a run is ended while it waits for %s, and nobody is blamed', async (_, ready, send) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'endless.yaml'), SCENARIO);
  writeFileSync(join(folder, 'implementation.yaml'), NEVER_READY.replace('READY', ready) + send);
  const bin = join(PROJECT_FOLDER, 'harness/cli/bin.js');
  const argv = [bin, 'run', 'endless.yaml', '--no-probe', '-r', 'json', '--out', 'runs'];
  const run = spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void run.kill('SIGKILL'));
  let said = '';
  for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ended = new Promise<number | null>((resolve) => {
    run.once('close', (code) => resolve(code));
  });
  const histories = (): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ndjson'),
    );
  const history = (): string => readIf(join(folder, histories()[0] ?? 'none yet'));
  await vi.waitFor(() => {
    expect(history(), said).toContain('"kind":"implementation.started"');
  }, PATIENCE);

  run.kill('SIGTERM');
  expect(await ended, said).toBe(2);
  expect(history()).toContain('"outcome":"stopped"');
  expect(history()).not.toContain('"reason":"not-ready"');
});
