/**
 * `npm run bench [-- NAME …] [--write]`: each measurement in a process of its own, one after the
 * other. `--write` puts the figures into docs/benchmarks.md; sections of others stay.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderPage } from './page.ts';
import type { Measured } from './page.ts';
import type { BenchRow } from './row.ts';
import { formatRow } from './row.ts';

/** Files of this folder, in the order of the page. */
const MEASUREMENTS = [
  'virtual-time',
  'world-mls',
  'world-crypto',
  'mls',
  'mls-states',
  'world-memory',
  'rbm-door',
  'gateways',
  'http-door',
  'smpp',
  'start-up',
] as const;

const MEASURE = '--measure';

interface Module {
  run(): Promise<readonly BenchRow[]>;
}

/** In the child: one measurement, its rows handed back. */
async function measureHere(name: string): Promise<void> {
  const { run } = (await import(`./${name}.ts`)) as Module;
  process.send?.(await run());
  process.disconnect();
}

async function measureApart(name: string): Promise<readonly BenchRow[]> {
  const child = fork(fileURLToPath(import.meta.url), [MEASURE, name]);
  const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (!Array.isArray(first)) throw new Error(`the measurement ${name} ended with ${String(first)}`);
  return first as readonly BenchRow[];
}

async function measureAll(asked: readonly string[]): Promise<void> {
  const names = asked.filter((word) => !word.startsWith('--'));
  const unknown = names.find((name) => !MEASUREMENTS.some((known) => known === name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no ${unknown}; known are ${MEASUREMENTS.join(', ')}.\n`);
    process.exitCode = 3;
    return;
  }
  const all: Measured[] = [];
  for (const name of names.length === 0 ? MEASUREMENTS : names) {
    const rows = await measureApart(name);
    all.push({ name, rows });
    for (const row of rows) process.stdout.write(`${formatRow(row)}\n`);
  }
  if (!asked.includes('--write')) return;
  const page = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
  writeFileSync(page, renderPage(all, readFileSync(page, 'utf8'), MEASUREMENTS));
  process.stdout.write(`written: ${page}\n`);
}

const [word, name] = process.argv.slice(2);
if (word === MEASURE && name !== undefined) await measureHere(name);
else await measureAll(process.argv.slice(2));
