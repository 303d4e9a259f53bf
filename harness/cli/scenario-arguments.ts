/** Scenarios as the commands name them: paths, seeds, a filter. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';
import type { Plan } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import type { FixedAddresses } from '../../simulators/network/socket-network.ts';
import { loadPlan } from '../plan/load.ts';
import { PROJECT_FOLDER } from '../compose.ts';
import type { CliContext } from './context.ts';

export interface ScenarioOptions {
  readonly seed?: string;
  readonly seeds?: string;
  readonly only?: string;
  readonly speed?: string;
}

/** An option's whole number between two bounds; throws CLI_OPTION. */
export function wholeNumber(text: string, option: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new BellwetherError(`${option} ${text}: expected a whole number from ${least} to ${most}`, {
    code: 'CLI_OPTION',
    blame: 'author',
    hint: `Write, for example, ${option} ${Math.max(least, Math.min(most, 5))}.`,
  });
}

/** Below it, what runs of one working directory share lies: it is in nobody's repository. */
export const OWN_FOLDER = '.bellwether';

/**
 * `--first-port`: ports count up from there (a world needs some twenty), and the certificates are
 * those of the working directory, so that `env` and a later `run` tell a program the same.
 */
export function fixedAddresses(
  text: string,
  { workingDirectory }: CliContext,
  option = '--first-port',
): FixedAddresses {
  return {
    firstPort: wholeNumber(text, option, 1_024, 65_500),
    certificatesFolder: join(workingDirectory, OWN_FOLDER, 'certificates'),
  };
}

const SLOWEST = 0.01;
const FASTEST = 1_000;

/** `4`, `0.5` */
function speedOf(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= SLOWEST && value <= FASTEST) return value;
  throw new BellwetherError(
    `--speed ${text}: expected a number from ${SLOWEST} to ${FASTEST}, 1 being the world as it is`,
    { code: 'CLI_OPTION', blame: 'author', hint: 'Write, for example, --speed 4.' },
  );
}

const MOST_SEEDS = 100_000;

/** `--seed 42` is one seed; `--seeds 5` five in a row from it (or from 1). */
function seedsOf(options: ScenarioOptions): number[] {
  const first =
    options.seed === undefined
      ? undefined
      : wholeNumber(options.seed, '--seed', 0, Number.MAX_SAFE_INTEGER);
  if (options.seeds === undefined) return first === undefined ? [] : [first];
  const count = wholeNumber(options.seeds, '--seeds', 1, MOST_SEEDS);
  return Array.from({ length: count }, (_, index) => (first ?? 1) + index);
}

const OWN_SUITES = 'scenarios';
const DEFAULT_SUITE = `${OWN_SUITES}/gate`;

/** The suite of Bellwether's own that is meant by a path where nothing is: `scenarios/gatee`. */
function ownSuiteLike(path: string): string | undefined {
  const suites = readdirSync(join(PROJECT_FOLDER, OWN_SUITES), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${OWN_SUITES}/${name}`);
  return nearestWord(path, suites);
}

/**
 * The suites that come with Bellwether are found from anywhere: `scenarios/gate`. Throws
 * SCENARIO_UNREADABLE for a name that is nearly one of theirs, and can be nothing else.
 */
function located(path: string, { workingDirectory }: CliContext): string {
  if (existsSync(join(workingDirectory, path))) return path;
  const own = join(PROJECT_FOLDER, path);
  if (existsSync(own)) return own;
  const near = existsSync(join(workingDirectory, OWN_SUITES)) ? undefined : ownSuiteLike(path);
  if (near === undefined) return path;
  throw new BellwetherError(`cannot read ${path} (there is no such file)`, {
    code: 'SCENARIO_UNREADABLE',
    blame: 'author',
    hint: `Did you mean ${near}?`,
  });
}

/** What to say where a plan is empty. */
export function nothingPlanned(paths: readonly string[], only: string | undefined): string {
  const where = paths.join(' ') || DEFAULT_SUITE;
  return only === undefined
    ? `there is no scenario in ${where}: name .yaml files, or a folder that holds some\n`
    : `no cell of ${where} has ${only} in its id: bellwether plan ${where} lists them\n`;
}

export function planFor(
  paths: readonly string[],
  options: ScenarioOptions,
  vocabulary: Vocabulary,
  context: CliContext,
): Plan {
  const wanted = paths.length === 0 ? [DEFAULT_SUITE] : paths;
  return loadPlan(
    wanted.map((path) => located(path, context)),
    {
      vocabulary,
      workingDirectory: context.workingDirectory,
      seeds: seedsOf(options),
      ...(options.only === undefined ? {} : { only: options.only }),
      ...(options.speed === undefined ? {} : { speed: speedOf(options.speed) }),
    },
  );
}
