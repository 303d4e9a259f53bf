/** Files and folders → a plan: finds scenarios, suites, profiles and policies, and compiles them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BellwetherError, BellwetherErrors, nearestWord } from '../../simulators/kernel/errors.ts';
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import type { ProfileText, Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { diagnose } from '../scenario/diagnose.ts';
import { knownKeys } from '../scenario/known-keys.ts';
import { overlayPolicy, rootPolicy } from '../scenario/policy.ts';
import { carrierProfileSchema, deviceProfileSchema, policySchema, suiteSchema } from '../scenario/schema.ts';
import { readSource } from '../scenario/source.ts';
import type { Source } from '../scenario/source.ts';
import type { z } from 'zod';
import { compileScenario, planOf } from './compile.ts';
import type { CompileContext } from './compile.ts';
import type { WorldProfiles } from './resolve-world.ts';

export interface LoadOptions {
  readonly vocabulary: Vocabulary;
  /** What files are shown relative to. */
  readonly workingDirectory: string;
  readonly seeds?: readonly number[];
  /** Keep only cells whose id contains this text. */
  readonly only?: string;
}

function unreadable(file: string, cause: unknown): BellwetherError {
  const code = (cause as { code?: string }).code ?? 'unknown';
  const folder = dirname(file);
  const neighbours = existsSync(folder) ? readdirSync(folder) : [];
  const near = nearestWord(basename(file), neighbours);
  return new BellwetherError(`cannot read ${file} (${code})`, {
    code: 'SCENARIO_UNREADABLE',
    blame: 'author',
    hint: near === undefined ? 'Check the path.' : `Did you mean ${join(folder, near)}?`,
    cause,
  });
}

function readFile(file: string, shown: string): Source {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(shown, error);
  }
  const { source, problems } = readSource(shown, text);
  if (problems.length > 0) throw new BellwetherErrors(problems);
  return source;
}

function checked<T extends z.ZodType>(schema: T, source: Source): z.output<T> {
  const parsed = schema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  throw new BellwetherErrors(
    diagnose(source, parsed.error.issues, (path) => knownKeys(schema, path)),
  );
}

function profilesOf<T extends z.ZodType>(
  schema: T,
  texts: Readonly<Record<string, ProfileText>>,
): Record<string, z.output<T>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, { file, text }]) => {
      const { source, problems } = readSource(file, text);
      if (problems.length > 0) throw new BellwetherErrors(problems);
      return [name, checked(schema, source)];
    }),
  );
}

/** Finds policies by name in the vocabulary, or as a file beside the scenario; follows `extends`. */
function policyFinder(vocabulary: Vocabulary, folder: string): (name: string) => Policy | undefined {
  const find = (name: string, depth: number): Policy | undefined => {
    const known = vocabulary.profiles.policies[name];
    const file = resolve(folder, name);
    if (known === undefined && !(/\.ya?ml$/.test(name) && existsSync(file))) return undefined;
    const source =
      known === undefined ? readFile(file, name) : readSource(known.file, known.text).source;
    const { bellwether: _version, policy, summary: _summary, ...rest } = source.value as Record<string, unknown>;
    const doc = checked(policySchema, { ...source, value: rest });
    const own = typeof policy === 'string' ? policy : basename(name).replace(/\.ya?ml$/, '');
    if (own === 'default' && known !== undefined) return rootPolicy(doc, own);
    if (depth > 5) return undefined;
    const base = find(doc.extends ?? 'default', depth + 1);
    return base === undefined ? undefined : overlayPolicy(base, doc, own);
  };
  return (name) => find(name, 0);
}

/** Scenario files below a path, in order; a suite file stands for those that it lists. */
function scenarioFiles(path: string, shown: string): { file: string; suite: string | undefined }[] {
  let stat;
  try {
    stat = statSync(path);
  } catch (error) {
    throw unreadable(shown, error);
  }
  if (stat.isDirectory()) {
    const found = readdirSync(path, { withFileTypes: true })
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'policies')
      .flatMap((entry) => {
        const child = join(path, entry.name);
        if (entry.isDirectory()) return scenarioFiles(child, join(shown, entry.name));
        return /\.ya?ml$/.test(entry.name) ? [{ file: child, suite: undefined }] : [];
      });
    return found.flatMap((one) => expandSuite(one.file, one.suite));
  }
  return expandSuite(path, undefined);
}

function expandSuite(file: string, suite: string | undefined): { file: string; suite: string | undefined }[] {
  const text = readFileSync(file, 'utf8');
  if (!/^suite:/m.test(text)) return [{ file, suite }];
  const source = readFile(file, file);
  const doc = checked(suiteSchema, source);
  return doc.scenarios.flatMap((entry) =>
    scenarioFiles(resolve(dirname(file), entry), entry).map((one) => ({ ...one, suite: doc.suite })),
  );
}

function profilesIn(vocabulary: Vocabulary): WorldProfiles {
  return {
    devices: profilesOf(deviceProfileSchema, vocabulary.profiles.devices),
    carriers: profilesOf(carrierProfileSchema, vocabulary.profiles.carriers),
    gateways: vocabulary.gateways,
  };
}

/** The one cell of a source that comes from no file (the harness's own scenarios). */
export function compileFor(source: Source, vocabulary: Vocabulary, suite: string): Cell {
  const { cells, problems } = compileScenario(source, {
    vocabulary,
    profiles: profilesIn(vocabulary),
    policy: policyFinder(vocabulary, '.'),
    policyNames: Object.keys(vocabulary.profiles.policies),
    suite,
    seeds: [],
  });
  const [cell] = cells;
  if (problems.length > 0 || cell === undefined) throw new BellwetherErrors(problems);
  return cell;
}

/** Everything named on the command line, compiled. Throws BellwetherErrors with all problems. */
export function loadPlan(paths: readonly string[], options: LoadOptions): Plan {
  const { vocabulary, workingDirectory } = options;
  const profiles = profilesIn(vocabulary);
  const problems: BellwetherError[] = [];
  const seen = new Set<string>();
  const cells = paths.flatMap((path) => {
    const absolute = resolve(workingDirectory, path);
    return scenarioFiles(absolute, path).flatMap(({ file, suite }) => {
      if (seen.has(file)) return [];
      seen.add(file);
      const shown = relative(workingDirectory, file) || file;
      let source: Source;
      try {
        source = readFile(file, shown);
      } catch (error) {
        if (!(error instanceof BellwetherErrors)) throw error;
        problems.push(...error.problems);
        return [];
      }
      const context: CompileContext = {
        vocabulary,
        profiles,
        policy: policyFinder(vocabulary, dirname(file)),
        policyNames: Object.keys(vocabulary.profiles.policies),
        suite: suite ?? basename(dirname(file)),
        seeds: options.seeds ?? [],
      };
      const compiled = compileScenario(source, context);
      problems.push(...compiled.problems);
      return compiled.cells;
    });
  });
  if (problems.length > 0) throw new BellwetherErrors(problems);
  const { only } = options;
  return planOf(only === undefined ? cells : cells.filter(({ id }) => id.includes(only)));
}
