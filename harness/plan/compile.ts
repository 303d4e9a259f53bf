/** One scenario file → its cells: matrix × seed, everything resolved. */
import { createHash } from 'node:crypto';
import type { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Cell, Plan } from '../../simulators/kernel/plan.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { diagnose } from '../scenario/diagnose.ts';
import { knownKeys } from '../scenario/known-keys.ts';
import { overlayPolicy } from '../scenario/policy.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import type { ScenarioDoc } from '../scenario/schema.ts';
import type { Source } from '../scenario/source.ts';
import type { Combination } from './matrix.ts';
import { combinationsOf, substitute } from './matrix.ts';
import { Problems } from './problems.ts';
import { resolveFaults } from './resolve-faults.ts';
import { resolveExpectations, resolveTraffic, rulesMatching } from './resolve-traffic.ts';
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

function cellId(suite: string, name: string, combination: Combination, seed: number): string {
  const axes = Object.entries(combination).map(([axis, value]) => `${axis}=${value}`);
  const matrix = axes.length === 0 ? '' : ` [${axes.join(', ')}]`;
  return `${suite}/${name}${matrix} #${seed}`;
}

const REQUIREMENT = /^(channel|gateway|sms|push|callbacks)\/[a-z0-9-]+$|^idempotency$/;

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
    if (!REQUIREMENT.test(requirement)) {
      problems.add(
        'SCENARIO_INVALID_VALUE',
        ['requires', index],
        `requires: ${requirement} is not a claim`,
        'A claim is channel/…, gateway/…, sms/…, push/…, callbacks/… or idempotency.',
      );
    }
  }
  const allow = doc.allow;
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
    clock: doc.clock ?? 'auto',
    durationMicros,
    matrix: combination,
    hypothetical,
    worldCheck: traffic.every(({ from }) => from !== null),
    world,
    policy: resolvePolicy(doc, context, problems),
    traffic,
    faults,
    heal: { waitMicros: doc.heal?.wait ?? 60_000_000 },
    expect,
    ignore: (doc.ignore ?? []).flatMap(({ rule, reason }) =>
      rulesMatching(rule, rules).map((name) => ({ rule: name, reason })),
    ),
    ...(allow === undefined
      ? {}
      : {
          allow: {
            passRate: allow['pass-rate'],
            confidence: allow.confidence,
            atMostRuns: Number.parseInt(allow['at-most'], 10),
          },
        }),
  };
}

/** All cells of one scenario, or everything that is wrong with it. */
export function compileScenario(
  source: Source,
  context: CompileContext,
): { cells: Cell[]; problems: readonly BellwetherError[] } {
  const problems = new Problems(source);
  const matrix = (source.value as { matrix?: Record<string, readonly unknown[]> } | null)?.matrix;
  const axes = typeof matrix === 'object' && matrix !== null ? matrix : {};
  const wellFormed = Object.values(axes).every((values) => Array.isArray(values));
  const cells: Cell[] = [];
  for (const combination of wellFormed ? combinationsOf(axes) : [{}]) {
    const filled = substitute(source, source.value, combination);
    if (filled.problems.length > 0) {
      problems.list.push(...filled.problems);
      break;
    }
    const parsed = scenarioSchema.safeParse(filled.value);
    if (!parsed.success) {
      const known = (path: readonly (string | number)[]): readonly string[] =>
        knownKeys(scenarioSchema, path);
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
  return { cells, problems: problems.list };
}

/** Orders, hashes and freezes. */
export function planOf(cells: readonly Cell[]): Plan {
  const hash = createHash('sha256').update(JSON.stringify(cells)).digest('hex');
  return deepFreeze({ bellwether: 1, hash, cells });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}
