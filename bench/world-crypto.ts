/**
 * What a world costs around its crypto: ten thousand encrypted messages from phone to phone in
 * virtual time, judged, history on disk, against our own engine doing nothing but encrypting and
 * decrypting as many. CPU time, garbage collection included; rounds are paired and take turns.
 */
import { join } from 'node:path';
import { cellOf, inTemporaryFolder, liveRun } from './live-run.ts';
import { ourOperations } from './mls.ts';
import { paired } from './paired.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';

const ROUNDS = 5;
const LIMIT = 1.5;

async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function measure(folder: string): Promise<BenchRow[]> {
  const cell = cellOf('bench/minimal/chat.yaml');
  const bare = await ourOperations();
  const historyFile = join(folder, 'run.ndjson');
  let messages = 0;
  const inWorld = () =>
    cpuSeconds(async () => {
      messages = (await liveRun(cell, undefined, historyFile, 'mls.decrypted')).counted;
    });
  const alone = () =>
    cpuSeconds(async () => {
      for (let count = 0; count < messages; count++) await bare.message();
    });
  await inWorld();
  const pairs = await paired({ rounds: ROUNDS }, inWorld, alone);
  return [
    {
      name: `${messages} encrypted messages through a world, judged`,
      ...spread(pairs.map(({ ours, theirs }) => ours / theirs)),
      target: undefined,
      limit: LIMIT,
      unit: '× the CPU time of their encryption and decryption alone',
    },
    {
      name: 'an encrypted message through a world',
      ...spread(pairs.map(({ ours }) => (ours * 1e6) / messages)),
      target: undefined,
      unit: 'CPU µs',
    },
  ];
}

export function run(): Promise<BenchRow[]> {
  return inTemporaryFolder(measure);
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
