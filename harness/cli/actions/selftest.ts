import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Table from 'cli-table3';
import pc from 'picocolors';
import { BellwetherError, nearestWord } from '../../../simulators/kernel/errors.ts';
import { createWallClock } from '../../../simulators/kernel/wall-clock.ts';
import { createVocabulary, PROJECT_FOLDER } from '../../compose.ts';
import { loadPlan } from '../../plan/load.ts';
import {
  BASELINE_FILE,
  compareWithBaseline,
  readBaseline,
  writeBaseline,
} from '../../launch/selftest/baseline.ts';
import { createPool } from '../../launch/selftest/pool.ts';
import type { SelftestResult } from '../../launch/selftest/selftest.ts';
import { runSelftest, selftestHeld } from '../../launch/selftest/selftest.ts';
import { loadVariants, loadWorldMutants } from '../../launch/selftest/variant.ts';
import type { Variant } from '../../launch/selftest/variant.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { referenceFile } from '../reference.ts';
import { interruptible } from '../interruptible.ts';
import { wholeNumber } from '../scenario-arguments.ts';

/** Mutants of the simulated phones, judged in world checks. */
const DEVICE_CLIENT = 'examples/device-client';
/** Where healthy variants have to pass. */
const HEALTHY_SUITES: ReadonlySet<string> = new Set(['gate', 'webhook', 'archive', 'sessions']);
/** The gateways that the reference speaks with; a scenario may need another one. */
const OWN_GATEWAYS: ReadonlySet<string> = new Set(['gateway/rbm', 'gateway/sessions']);
const isOther = (claim: string): boolean =>
  claim.startsWith('gateway/') && !OWN_GATEWAYS.has(claim);
export interface SelftestOptions {
  readonly seeds: string;
  readonly healthy: string;
  readonly only?: string;
  readonly thorough?: boolean;
  readonly writeBaseline?: boolean;
}

const RESULT_COLORS = {
  killed: pc.green,
  survived: pc.red,
  stale: pc.yellow,
  failed: pc.red,
} as const;

function print(result: SelftestResult, context: CliContext): void {
  const table = new Table({
    head: ['mutant', 'expected catcher', 'scenario', 'seeds', 'result', 'also spoke'],
    style: { head: [], border: [] },
  });
  for (const row of result.mutants) {
    const seeds = `${row.caught}/${row.seeds}`;
    const word = RESULT_COLORS[row.result](row.result);
    table.push([row.id, row.rule, row.scenario, seeds, word, row.beyond.join(' ')]);
  }
  context.stdout.write(`Kill matrix\n${table.toString()}\n`);
  for (const row of result.mutants.filter(({ result: word }) => word !== 'killed')) {
    context.stdout.write(
      `${pc.red(row.result)} ${row.id}: ${row.detail.split('\n').slice(0, 4).join('\n  ')}\n`,
    );
  }
  const killed = result.mutants.filter(({ result: word }) => word === 'killed').length;
  context.stdout.write(
    `\n${killed} of ${result.mutants.length} mutants killed by the expected rule\n`,
  );
  context.stdout.write(
    `${result.falseAlarms.length} false alarms in ${result.healthyRuns} healthy runs\n`,
  );
  for (const alarm of result.falseAlarms) {
    context.stdout.write(
      `  ${pc.red(alarm.verdict)} ${alarm.variant} in ${alarm.cell}: ${alarm.detail}\n`,
    );
  }
  const held = result.sabotage.filter((row) => row.held).length;
  context.stdout.write(`${held} of ${result.sabotage.length} harness mutants refused a pass\n`);
  for (const row of result.sabotage.filter((one) => !one.held)) {
    context.stdout.write(`  ${pc.red(row.verdict)} although ${row.what} in ${row.cell}\n`);
  }
}

/** Writes the baseline, or compares with it; whether nothing was lost. */
function settleBaseline(
  file: string,
  { mutants }: SelftestResult,
  options: SelftestOptions,
  context: CliContext,
): boolean {
  if (options.writeBaseline === true) {
    // One that survives would be forgotten, and nobody would miss it.
    const alive = mutants.filter(({ result }) => result !== 'killed');
    if (alive.length === 0) writeBaseline(file, mutants);
    context.stdout.write(
      alive.length === 0
        ? `baseline written: ${mutants.length} mutants\n`
        : `baseline not written: ${alive.length} mutants were not killed\n`,
    );
    return alive.length === 0;
  }
  const { problems, added } = compareWithBaseline(readBaseline(file), mutants, options.only);
  for (const problem of problems) context.stdout.write(`${pc.red('lost')} ${problem}\n`);
  if (added.length > 0) {
    context.stdout.write(`not in the baseline yet (--write-baseline): ${added.join(', ')}\n`);
  }
  return problems.length === 0;
}

function refuseHalfABaseline({ writeBaseline: asked, only }: SelftestOptions): void {
  if (asked !== true || only === undefined) return;
  throw new BellwetherError('--write-baseline needs every mutant, and --only leaves some out', {
    code: 'CLI_OPTION',
    blame: 'author',
    hint: 'Leave --only out.',
  });
}

const MOST_SEEDS = 1_000;

/** Throws CLI_OPTION. */
function seedsUpTo(text: string, option: string, least: number): number[] {
  const length = wholeNumber(text, option, least, MOST_SEEDS);
  return Array.from({ length }, (_, index) => index + 1);
}

/** Every healthy variant, and the mutants that are asked for. Throws CLI_OPTION where none is. */
function wantedVariants(only: string | undefined): readonly Variant[] {
  const all = [
    ...loadVariants(dirname(referenceFile('the selftest'))),
    ...loadWorldMutants(join(PROJECT_FOLDER, DEVICE_CLIENT)),
  ];
  if (only === undefined) return all;
  const ids = all.filter(({ kind }) => kind !== 'healthy').map(({ id }) => id);
  if (ids.some((id) => id.includes(only))) {
    return all.filter(({ kind, id }) => kind === 'healthy' || id.includes(only));
  }
  const near = nearestWord(only, ids);
  throw new BellwetherError(`--only ${only}: no mutant has that in its id`, {
    code: 'CLI_OPTION',
    blame: 'author',
    hint: near === undefined ? 'selftest-baseline.json lists them.' : `Did you mean ${near}?`,
  });
}

/** Proves the judges, and prints the kill matrix; the exit code. */
export async function selftest(options: SelftestOptions, context: CliContext): Promise<number> {
  refuseHalfABaseline(options);
  const mutantSeeds = seedsUpTo(options.seeds, '--seeds', 1);
  const healthySeeds = seedsUpTo(options.healthy, '--healthy', 0);
  const variants = wantedVariants(options.only);
  const clock = createWallClock();
  const vocabulary = createVocabulary();
  const reference = dirname(referenceFile('the selftest'));
  // A folder of this run's own: two selftests at once must not clear each other's copies.
  mkdirSync(join(PROJECT_FOLDER, '.bellwether'), { recursive: true });
  const scratch = mkdtempSync(join(PROJECT_FOLDER, '.bellwether', 'selftest-'));
  const cache = new Map<string, readonly Cell[]>();
  const gate = loadPlan(['scenarios'], { vocabulary, workingDirectory: PROJECT_FOLDER });
  const files = new Map(gate.cells.map(({ scenario, file }) => [scenario, file]));
  const scenarios = [
    ...new Set(
      gate.cells
        .filter(({ suite, requires }) => HEALTHY_SUITES.has(suite) && !requires.some(isOther))
        .map((cell) => cell.scenario),
    ),
  ];
  const cellsOf = (scenario: string, seed: number): readonly Cell[] => {
    const key = `${scenario}#${seed}`;
    const known = cache.get(key);
    const file = files.get(scenario);
    if (known !== undefined || file === undefined) return known ?? [];
    const { cells } = loadPlan([file], {
      vocabulary,
      workingDirectory: PROJECT_FOLDER,
      seeds: [seed],
    });
    cache.set(key, cells);
    return cells;
  };
  const pool = createPool();
  const { signal, done } = interruptible(clock);
  const interrupted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined));
  });
  try {
    const running = runSelftest({
      reference,
      project: PROJECT_FOLDER,
      scratch,
      descriptionName: 'implementation.yaml',
      workingDirectory: PROJECT_FOLDER,
      variants,
      cellsOf,
      scenarios,
      mutantSeeds,
      healthySeeds,
      thorough: options.thorough ?? false,
      pool,
      onProgress: (done, all) => {
        if (context.stdout.isTTY) context.stdout.write(`\r${done} of ${all} cells`);
      },
    });
    const result = await Promise.race([running, interrupted]);
    if (context.stdout.isTTY) context.stdout.write('\r');
    if (result === undefined) {
      context.stderr.write('interrupted: nothing is said of the judges\n');
      return EXIT.inconclusive;
    }
    print(result, context);
    const kept = settleBaseline(join(reference, BASELINE_FILE), result, options, context);
    const held = selftestHeld(result) && kept;
    const seconds = (clock.now() / 1e6).toFixed(1);
    context.stdout.write(`selftest: ${held ? 'everything holds' : 'red'} (${seconds} s)\n`);
    return held ? EXIT.pass : EXIT.fail;
  } finally {
    done();
    await pool.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
