/** One scenario file → its cells: matrix × seed, everything resolved. */
import { createHash } from 'node:crypto';
import type { BellwetherError } from '../../simulators/kernel/errors.ts';
import { isToBusiness } from '../../simulators/kernel/people.ts';
import type { Cell, Plan, WorldPlan } from '../../simulators/kernel/plan.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { CHANNELS } from '../../simulators/kernel/words.ts';
import { diagnose } from '../scenario/diagnose.ts';
import { knownKeys } from '../scenario/known-keys.ts';
import { overlayPolicy } from '../scenario/policy.ts';
import { matrixSchema, scenarioSchema } from '../scenario/schema.ts';
import type { ScenarioDoc } from '../scenario/schema.ts';
import type { Source } from '../scenario/source.ts';
import { checkFloors } from './floors.ts';
import type { Combination } from './matrix.ts';
import { combinationsOf, substitute } from './matrix.ts';
import { Problems } from './problems.ts';
import { resolveFaults } from './resolve-faults.ts';
import { resolveExpectations, rulesMatching } from './resolve-expectations.ts';
import { resolveTraffic } from './resolve-traffic.ts';
import type { WorldProfiles } from './resolve-world.ts';
import { resolveWorld } from './resolve-world.ts';

export interface CompileContext {
  readonly vocabulary: Vocabulary;
  readonly profiles: WorldProfiles;
  /** Finds a policy by name or path (relative to the scenario); undefined when there is none. */
  readonly policy: (nameOrPath: string) => Policy | undefined;
  readonly policyNames: readonly string[];
  readonly suite: string;
  /** Overrides the scenario's own seed. */
  readonly seeds: readonly number[];
}

/** A seed from the name, so that a scenario without one is still the same everywhere. */
export function seedOfName(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % 1_000_000;
}

function hasForeignEngine({ people, population }: WorldPlan): boolean {
  const persons = [...people, ...(population?.mix ?? []).map(({ person }) => person)];
  return persons.some(({ devices }) => devices.some(({ mls }) => mls !== undefined));
}

function cellId(suite: string, name: string, combination: Combination, seed: number): string {
  const axes = Object.entries(combination).map(([axis, value]) => `${axis}=${value}`);
  const matrix = axes.length === 0 ? '' : ` [${axes.join(', ')}]`;
  return `${suite}/${name}${matrix} #${seed}`;
}

/** Every claim that a scenario may require. A slip here would make it not-applicable for ever. */
export function claimWords(vocabulary: Vocabulary): string[] {
  return [
    ...CHANNELS.map((channel) => `channel/${channel}`),
    ...vocabulary.gateways.map((gateway) => `gateway/${gateway}`),
    ...vocabulary.push.map((provider) => `push/${provider}`),
    'sms/smpp',
    ...vocabulary.gateways.map((gateway) => `callbacks/${gateway}`),
    'idempotency',
    'attachments',
    'archive',
  ];
}

function allowanceOf({ allow }: ScenarioDoc): Cell['allow'] {
  if (allow === undefined) return undefined;
  const { confidence, 'pass-rate': passRate, 'at-most': runs } = allow;
  return { passRate, confidence, atMostRuns: Number.parseInt(runs, 10) };
}

function resolvePolicy(doc: ScenarioDoc, context: CompileContext, problems: Problems): Policy {
  const base = context.policy('default');
  if (base === undefined) throw new Error('the default policy is missing');
  const written = doc.policy;
  if (written === undefined) return base;
  if (typeof written !== 'string') {
    const parent = written.extends === undefined ? base : context.policy(written.extends);
    if (parent === undefined) {
      problems.unknown(['policy', 'extends'], 'policy', written.extends ?? '', context.policyNames);
    }
    return overlayPolicy(parent ?? base, written, `${(parent ?? base).name} with overrides`);
  }
  const found = context.policy(written);
  if (found === undefined) problems.unknown(['policy'], 'policy', written, context.policyNames);
  return found ?? base;
}

function compileCell(
  source: Source,
  doc: ScenarioDoc,
  combination: Combination,
  seed: number,
  context: CompileContext,
  problems: Problems,
): Cell {
  const { vocabulary } = context;
  const { rules } = vocabulary;
  const { world, hypothetical } = resolveWorld(doc, seed, context.profiles, problems);
  const durationMicros = doc.duration;
  const traffic = resolveTraffic(doc, world, durationMicros, problems);
  const faults = resolveFaults(doc.faults ?? {}, {
    source,
    problems,
    vocabulary,
    world,
    seed,
    traffic,
    durationMicros,
  });
  const expect = resolveExpectations(doc.expect ?? [], { traffic, faults, rules, problems });
  for (const [index, { rule }] of (doc.ignore ?? []).entries()) {
    if (rulesMatching(rule, rules).length === 0) {
      problems.unknown(['ignore', index, 'rule'], 'rule', rule, Object.keys(rules));
    }
  }
  for (const [index, requirement] of (doc.requires ?? []).entries()) {
    const claims = claimWords(vocabulary);
    if (!claims.includes(requirement)) {
      problems.unknown(['requires', index], 'claim', requirement, claims);
    }
  }
  const allow = allowanceOf(doc);
  checkFloors(doc, faults, allow, problems);
  return {
    id: cellId(context.suite, doc.scenario, combination, seed),
    suite: context.suite,
    scenario: doc.scenario,
    file: source.file,
    summary: doc.summary,
    tags: doc.tags ?? [],
    level: doc.level ?? 'must',
    clauses: doc.clauses ?? [],
    requires: doc.requires ?? [],
    seed,
    // Somebody else's engine answers in its own time.
    clock: doc.clock ?? (hasForeignEngine(world) ? 'wall' : 'auto'),
    durationMicros,
    matrix: combination,
    hypothetical,
    worldCheck: traffic.every((each) => each.from !== null && !isToBusiness(each)),
    world,
    policy: resolvePolicy(doc, context, problems),
    traffic,
    faults,
    heal: { waitMicros: doc.heal?.wait ?? 60_000_000 },
    expect,
    ignore: (doc.ignore ?? []).flatMap(({ rule, reason }) =>
      rulesMatching(rule, rules).map((name) => ({ rule: name, reason })),
    ),
    ...(allow === undefined ? {} : { allow }),
  };
}

/** What one scenario may expand to. */
const MOST_COMBINATIONS = 10_000;

/** Two equal values of an axis would be two cells with one id. */
function checkMatrix(
  matrix: Readonly<Record<string, readonly unknown[]>>,
  problems: Problems,
): void {
  const combinations = Object.values(matrix).reduce((product, { length }) => product * length, 1);
  for (const [axis, values] of Object.entries(matrix)) {
    const words = combinationsOf({ [axis]: values }).map((combination) => combination[axis]);
    const twice = words.findIndex((word, index) => words.indexOf(word) !== index);
    if (twice === -1) continue;
    problems.add(
      'SCENARIO_MATRIX',
      ['matrix', axis, twice],
      `matrix.${axis}: ${words[twice]} stands there twice`,
      'Remove one of the two.',
    );
  }
  if (combinations <= MOST_COMBINATIONS) return;
  problems.add(
    'SCENARIO_MATRIX',
    ['matrix'],
    `matrix: ${combinations} combinations; at most ${MOST_COMBINATIONS} are taken`,
    'Use fewer values, or several scenarios.',
  );
}

/** A folder may hold both, and its `${…}` would all be called axes that are not there. */
function checkKind({ value }: Source, problems: Problems): void {
  if (typeof value !== 'object' || value === null) return;
  if (!('implementation' in value) || 'scenario' in value) return;
  problems.add(
    'SCENARIO_IS_IMPLEMENTATION',
    ['implementation'],
    'this is an implementation.yaml, not a scenario',
    'Give it with -i, and name the scenarios alone or keep it in a folder of its own.',
    'key',
  );
}

/** All cells of one scenario, or everything that is wrong with it. */
export function compileScenario(
  source: Source,
  context: CompileContext,
): { cells: Cell[]; problems: readonly BellwetherError[] } {
  const problems = new Problems(source);
  checkKind(source, problems);
  if (problems.list.length > 0) return { cells: [], problems: problems.list };
  const known = (path: readonly (string | number)[]): readonly string[] =>
    knownKeys(scenarioSchema, path);
  // The matrix comes first: what it says wrongly would show as errors everywhere else.
  const matrix = matrixSchema
    .optional()
    .safeParse((source.value as { matrix?: unknown } | null)?.matrix);
  if (!matrix.success) {
    return { cells: [], problems: diagnose(source, matrix.error.issues, known, ['matrix']) };
  }
  checkMatrix(matrix.data ?? {}, problems);
  if (problems.list.length > 0) return { cells: [], problems: problems.list };
  const combinations = combinationsOf(matrix.data ?? {});
  const used = new Set<string>();
  const cells: Cell[] = [];
  for (const combination of combinations) {
    const filled = substitute(source, source.value, combination);
    for (const axis of filled.used) used.add(axis);
    if (filled.problems.length > 0) {
      problems.list.push(...filled.problems);
      break;
    }
    const parsed = scenarioSchema.safeParse(filled.value);
    if (!parsed.success) {
      problems.list.push(...diagnose(source, parsed.error.issues, known));
      break;
    }
    const doc = parsed.data;
    const own = doc.seed ?? seedOfName(doc.scenario);
    for (const seed of context.seeds.length > 0 ? context.seeds : [own]) {
      cells.push(compileCell(source, doc, combination, seed, context, problems));
    }
    if (problems.list.length > 0) break;
  }
  for (const axis of Object.keys(matrix.data ?? {})) {
    if (problems.list.length > 0 || used.has(axis)) continue;
    problems.add(
      'SCENARIO_UNUSED_AXIS',
      ['matrix', axis],
      `matrix.${axis}: nothing in the scenario says \${${axis}}`,
      'Its cells would all be the same: use it in a value, or remove it.',
      'key',
    );
  }
  return { cells, problems: problems.list };
}

/**
 * Hashes and freezes. The hash leaves out where the file lay, so that the same text is the same
 * plan from whatever folder it is run.
 */
export function planOf(cells: readonly Cell[]): Plan {
  const said = cells.map(({ file: _file, ...cell }) => cell);
  const hash = createHash('sha256').update(JSON.stringify(said)).digest('hex');
  return deepFreeze({ bellwether: 1, hash, cells });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}
