/**
 * Files and folders → a plan: finds scenarios, suites, profiles and policies, and compiles them.
 */
import { basename, dirname, relative, resolve } from 'node:path';
import { BellwetherError, BellwetherErrors } from '../../simulators/kernel/errors.ts';
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import type { Source } from '../scenario/source.ts';
import { compileScenario, planOf } from './compile.ts';
import type { CompileContext } from './compile.ts';
import { policyFinder, profilesIn, withOwnProfiles } from './profiles.ts';
import type { Profiles } from './profiles.ts';
import { atSpeed } from './speed.ts';
import { readYaml } from './read-yaml.ts';
import { scenarioFiles } from './scenario-files.ts';
import type { ScenarioFile } from './scenario-files.ts';

export interface LoadOptions {
  readonly vocabulary: Vocabulary;
  /** What files are shown relative to. */
  readonly workingDirectory: string;
  readonly seeds?: readonly number[];
  /** Keep only cells whose id contains this text. */
  readonly only?: string;
  /** The world's own delays, so many times as fast; default 1. */
  readonly speed?: number;
}

function contextOf(
  vocabulary: Vocabulary,
  profiles: Profiles,
  folder: string,
): Omit<CompileContext, 'suite' | 'seeds'> {
  return {
    vocabulary,
    profiles: profiles.world,
    policy: policyFinder(profiles.policies, folder),
    policyNames: Object.keys(profiles.policies),
  };
}

/** The first cell of a source that comes from no file (the harness's own scenarios). */
export function compileFor(
  source: Source,
  vocabulary: Vocabulary,
  suite: string,
  seeds: readonly number[] = [],
): Cell {
  const context = contextOf(vocabulary, profilesIn(vocabulary), '.');
  const { cells, problems } = compileScenario(source, { ...context, suite, seeds });
  const [cell] = cells;
  if (problems.length > 0 || cell === undefined) throw new BellwetherErrors(problems);
  return cell;
}

/** Two scenarios of one suite and name would be two cells with one id. */
function checkNames(cells: readonly Cell[]): void {
  const files = new Map<string, string>();
  const problems: BellwetherError[] = [];
  for (const { id, file, suite, scenario } of cells) {
    const other = files.get(id);
    files.set(id, file);
    if (other === undefined || other === file) continue;
    problems.push(
      new BellwetherError(`${other} and ${file} are both called ${suite}/${scenario}`, {
        code: 'SCENARIO_DUPLICATE_NAME',
        blame: 'author',
        hint: 'Give one of the two another scenario: name.',
      }),
    );
    break;
  }
  if (problems.length > 0) throw new BellwetherErrors(problems);
}

function withDefaults(source: Source, { defaults }: ScenarioFile): Source {
  const { value } = source;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return source;
  return { ...source, value: { ...defaults, ...value } };
}

/**
 * Everything named on the command line, compiled. Throws BellwetherErrors with all problems of all
 * files, or SCENARIO_UNREADABLE.
 */
export function loadPlan(paths: readonly string[], options: LoadOptions): Plan {
  const { vocabulary, workingDirectory } = options;
  const common = profilesIn(vocabulary);
  const problems: BellwetherError[] = [];
  const seen = new Set<string>();

  const compile = (one: ScenarioFile): Cell[] => {
    const { file } = one;
    const folder = dirname(file);
    const source = readYaml(file, relative(workingDirectory, file) || file);
    const profiles = withOwnProfiles(common, folder, workingDirectory);
    const compiled = compileScenario(withDefaults(source, one), {
      ...contextOf(vocabulary, profiles, folder),
      suite: one.suite ?? basename(folder),
      seeds: options.seeds ?? [],
    });
    problems.push(...compiled.problems);
    return compiled.cells;
  };

  const cells = paths.flatMap((path) =>
    scenarioFiles(resolve(workingDirectory, path), path).flatMap((one) => {
      if (seen.has(one.file)) return [];
      seen.add(one.file);
      try {
        return compile(one);
      } catch (error) {
        if (!(error instanceof BellwetherErrors)) throw error;
        problems.push(...error.problems);
        return [];
      }
    }),
  );
  if (problems.length > 0) throw new BellwetherErrors(problems);
  checkNames(cells);
  const { only, speed = 1 } = options;
  const plan = planOf(only === undefined ? cells : cells.filter(({ id }) => id.includes(only)));
  return atSpeed(plan, speed);
}
