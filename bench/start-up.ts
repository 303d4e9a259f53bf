/** How long a person waits: the command by itself, one smoke scenario, and the whole gate. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inTemporaryFolder, ROOT } from './live-run.ts';
import type { BenchRow } from './row.ts';
import { formatRow, spread } from './row.ts';

const ROUNDS = 5;
const VERSION_LIMIT = 2;
const SMOKE_LIMIT_SECONDS = 1;
const GATE_LIMIT_SECONDS = 15;

/** Wall seconds from spawn to exit; the exit code has to be 0. */
async function timed(args: readonly string[]): Promise<number> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return (performance.now() - begin) / 1_000;
}

async function measure(folder: string): Promise<BenchRow[]> {
  const bin = join(ROOT, 'harness/cli/bin.js');
  const out = ['--out', folder];
  const smokeFile = 'scenarios/gate/android-e2ee-on.yaml';
  const smoke = [bin, 'run', smokeFile, '--no-probe', '-r', 'terminal', ...out];
  const gate = [bin, 'run', 'scenarios/gate', ...out];
  const bare: number[] = [];
  const versions: number[] = [];
  const smokes: number[] = [];
  const gates: number[] = [];
  // Once unmeasured: it warms the compile cache.
  await timed(smoke);
  for (let round = 0; round < ROUNDS; round++) {
    const nothing = await timed(['-e', '0']);
    bare.push(nothing);
    versions.push((await timed([bin, '--version'])) / nothing);
    smokes.push(await timed(smoke));
    gates.push(await timed(gate));
  }
  const seconds = (name: string, of: readonly number[], limit?: number): BenchRow => ({
    name,
    ...spread(of),
    target: undefined,
    unit: 's',
    ...(limit === undefined ? {} : { limit }),
  });
  return [
    {
      name: 'bellwether --version',
      ...spread(versions),
      target: undefined,
      limit: VERSION_LIMIT,
      unit: '× `node -e 0`',
    },
    seconds('one scenario, from the command to its verdict', smokes, SMOKE_LIMIT_SECONDS),
    seconds('the whole gate, as `npm start` after installation', gates, GATE_LIMIT_SECONDS),
  ];
}

export function run(): Promise<BenchRow[]> {
  return inTemporaryFolder(measure);
}

if (import.meta.main) {
  for (const row of await run()) process.stdout.write(`${formatRow(row)}\n`);
}
