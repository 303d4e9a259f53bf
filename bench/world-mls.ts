/**
 * A whole world in virtual time with real MLS (suite 2): notifier, gateway extension, core, phones,
 * taps and judging, against the same ts-mls with its default crypto provider doing nothing but as
 * many encryptions and decryptions. Rounds are paired and take turns in who goes first.
 */
import { join } from 'node:path';
import { cellOf, descriptionOf, inTemporaryFolder, liveRun } from './live-run.ts';
import { defaultOperations } from './mls.ts';
import { paired } from './paired.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';

const ROUNDS = 7;
const TARGET = 3;
/** The default provider does this part of the messages; its time is then multiplied. */
const PART = 5;

async function measure(folder: string): Promise<BenchRow[]> {
  const cell = cellOf('bench/minimal/encrypted.yaml');
  const reference = descriptionOf('examples/reference-notifier/implementation.yaml');
  const theirs = await defaultOperations();
  const historyFile = join(folder, 'run.ndjson');
  const messages = (await liveRun(cell, reference, historyFile, 'mls.decrypted')).counted;
  const alone = async (): Promise<number> => {
    const begin = performance.now();
    for (let count = 0; count < messages / PART; count++) await theirs.message();
    return ((performance.now() - begin) / 1_000) * PART;
  };
  const pairs = await paired(
    { rounds: ROUNDS },
    async () => (await liveRun(cell, reference, historyFile)).seconds,
    alone,
  );
  return [
    {
      name: 'virtual time with MLS, the whole world, judged',
      ...spread(pairs.map(({ ours, theirs }) => theirs / ours)),
      target: TARGET,
      unit: '× the messages a second that ts-mls alone encrypts and decrypts, default provider',
    },
    {
      name: 'virtual time with MLS, the reference notifier',
      ...spread(pairs.map(({ ours }) => messages / ours)),
      target: undefined,
      unit: 'messages a second',
    },
  ];
}

export function run(): Promise<BenchRow[]> {
  return inTemporaryFolder(measure);
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
