/** The `faults` block → FaultPlan: registry rows, target paths, anchors and reachable evidence. */
import { nearestWord } from '../../simulators/kernel/errors.ts';
import type { FaultEntry } from '../../simulators/kernel/fault-entry.ts';
import { devicePath, peopleOf } from '../../simulators/kernel/people.ts';
import type {
  Cell,
  FaultAnchor,
  FaultPlan,
  FaultSelection,
  TrafficPlan,
  WorldPlan,
} from '../../simulators/kernel/plan.ts';
import type { TargetKind } from '../../simulators/kernel/target.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { diagnose } from '../scenario/diagnose.ts';
import { faultSchema } from '../scenario/fault-schema.ts';
import { knownKeys } from '../scenario/known-keys.ts';
import type { Source, SourcePath } from '../scenario/source.ts';
import type { Window } from '../scenario/units.ts';
import type { Problems } from './problems.ts';
import { checkHits, checkNth } from './reachable.ts';

interface FaultDoc {
  readonly during?: Window;
  readonly at?: number;
  readonly after?: { event: string; of?: string; nth?: number; last?: number };
  readonly of?: string;
  readonly hit?: 'all' | { share?: number; first?: number; every?: number };
  readonly evidence?: { hits: FaultPlan['evidence']['hits'] };
}
const COMMON = new Set(['during', 'at', 'after', 'of', 'hit', 'evidence']);

export interface FaultContext {
  readonly source: Source;
  readonly problems: Problems;
  readonly vocabulary: Vocabulary;
  readonly world: WorldPlan;
  readonly seed: number;
  readonly traffic: readonly TrafficPlan[];
  readonly durationMicros: number;
}

interface KnownTarget {
  readonly path: string;
  readonly kind: TargetKind;
}

/** Every path of the world that a fault may name. Crowds are matched by pattern, not listed. */
function targetsOf({ world, traffic }: FaultContext): KnownTarget[] {
  const carriers = world.carriers.flatMap(({ name, rcs, sms, mms }): KnownTarget[] => [
    ...(rcs ? [{ path: `carrier/${name}/rcs`, kind: 'carrier-rcs' as const }] : []),
    ...(sms ? [{ path: `carrier/${name}/sms`, kind: 'carrier-sms' as const }] : []),
    ...(mms ? [{ path: `carrier/${name}/mms`, kind: 'carrier-mms' as const }] : []),
  ]);
  const people = world.people.flatMap(({ id, devices }): KnownTarget[] => [
    { path: `person/${id}`, kind: 'person' },
    ...devices
      .filter(({ spare }) => spare !== true)
      .map((device) => ({ path: devicePath(id, device.id), kind: 'device' as const })),
  ]);
  return [
    ...carriers,
    ...world.gateways.map((name) => ({ path: `gateway/${name}`, kind: 'gateway' as const })),
    ...world.push.map((name) => ({ path: `push/${name}`, kind: 'push' as const })),
    ...(world.attachments === true
      ? [{ path: 'attachments/store', kind: 'attachments' as const }]
      : []),
    ...(world.imessage === true ? [{ path: 'imessage/apple', kind: 'imessage' as const }] : []),
    ...people,
    // Where only devices send (a world check), nothing is under test.
    ...(traffic.some(({ from }) => from === null)
      ? [{ path: 'implementation', kind: 'implementation' as const }]
      : []),
  ];
}

const POPULATION = /^person\/population\/([1-9]\d*)(?:\/device\/(\d+))?$/;

/** One of the crowd, or a device of theirs; undefined when nobody of the crowd is meant. */
function crowdTarget(written: string, { world, seed }: FaultContext): KnownTarget | undefined {
  const [, number, device] = POPULATION.exec(written) ?? [];
  if (number === undefined || Number(number) > (world.population?.size ?? 0)) return undefined;
  if (device === undefined) return { path: written, kind: 'person' };
  const people = peopleOf({ seed, world } as Cell);
  const owner = people.find(({ id }) => id === `population/${number}`);
  const has = owner?.devices.some(({ id }) => id === device) ?? false;
  return has ? { path: written, kind: 'device' } : undefined;
}

function matching(
  written: string,
  known: readonly KnownTarget[],
  context: FaultContext,
): KnownTarget[] {
  const crowd = crowdTarget(written, context);
  if (crowd !== undefined) return [crowd];
  const escaped = written
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^/]+');
  const pattern = new RegExp(`^${escaped}$`);
  return known.filter(({ path }) => pattern.test(path));
}

function selectionOf(hit: FaultDoc['hit']): FaultSelection {
  if (hit === undefined || hit === 'all') return { kind: 'all' };
  if (hit.share !== undefined) return { kind: 'share', share: hit.share };
  if (hit.first !== undefined) return { kind: 'first', count: hit.first };
  return { kind: 'every', nth: hit.every ?? 1 };
}

function resolveAnchor(
  doc: FaultDoc,
  entry: FaultEntry,
  path: SourcePath,
  context: FaultContext,
): FaultAnchor | undefined {
  const { problems } = context;
  const given = ['during', 'at', 'after'].filter((key) => doc[key as keyof FaultDoc] !== undefined);
  if (given.length !== 1) {
    const what =
      given.length === 0
        ? 'nothing says when it begins'
        : `${given.join(' and ')} exclude each other`;
    problems.add(
      'SCENARIO_ANCHOR',
      path,
      `${path.join('.')}: ${what}`,
      'Give exactly one of during: 60s..3m, at: 60s, or after: { event, of, nth }.',
    );
    return undefined;
  }
  if (doc.after !== undefined) {
    const { event, of, nth, last } = doc.after;
    if (!context.vocabulary.eventKinds.includes(event)) {
      problems.unknown([...path, 'after', 'event'], 'event', event, context.vocabulary.eventKinds);
    }
    checkTraffic([...path, 'after', 'of'], of, context);
    return { kind: 'event', event, of: of ?? null, nth: nth ?? 1, lastMicros: last ?? null };
  }
  const fromMicros = doc.during?.startMicros ?? doc.at ?? 0;
  const untilMicros = doc.during?.endMicros ?? null;
  if ((untilMicros ?? fromMicros) > context.durationMicros) {
    problems.add(
      'SCENARIO_OUTSIDE_DURATION',
      [...path, doc.during === undefined ? 'at' : 'during'],
      `${path.join('.')} lies outside the scenario's duration`,
      'Every fault ends before the duration does, so that the world can heal.',
    );
  }
  if (entry.shape === 'point' && untilMicros !== null) {
    problems.add(
      'SCENARIO_ANCHOR',
      [...path, 'during'],
      `${path.join('.')}: ${entry.name} happens at one instant`,
      'Write at: 60s, or after: { event, of, nth }.',
    );
  }
  if (entry.shape === 'interval' && untilMicros === null) {
    problems.add(
      'SCENARIO_ANCHOR',
      [...path, 'at'],
      `${path.join('.')}: ${entry.name} needs an end`,
      'Write during: from..until, or after: { …, last: 30s }.',
    );
  }
  return { kind: 'time', fromMicros, untilMicros };
}

function checkTraffic(path: SourcePath, of: string | undefined, context: FaultContext): void {
  const names = context.traffic.map(({ name }) => name);
  if (of !== undefined && !names.includes(of)) context.problems.unknown(path, 'traffic', of, names);
}

/** Parameters that name another party: only a gateway is connected to carriers. */
function checkOthers(
  entry: FaultEntry,
  doc: Readonly<Record<string, unknown>>,
  targets: readonly KnownTarget[],
  path: SourcePath,
  context: FaultContext,
): void {
  const onlyGateways = targets.every(({ kind }) => kind === 'gateway');
  const fits = new Set<TargetKind>(
    onlyGateways ? ['carrier-rcs', 'carrier-sms', 'implementation'] : ['implementation'],
  );
  for (const [key, { type }] of Object.entries(entry.params)) {
    const other = doc[key];
    if (type !== 'target' || typeof other !== 'string') continue;
    const known = targetsOf(context).filter(({ kind }) => fits.has(kind));
    const paths = known.map((target) => target.path);
    if (!paths.includes(other)) context.problems.unknown([...path, key], 'party', other, paths);
  }
}

/** Who switches to another phone needs one. */
function checkNextPhone(
  targets: readonly KnownTarget[],
  path: SourcePath,
  { world, seed, problems }: FaultContext,
): void {
  const people = peopleOf({ seed, world } as Cell);
  for (const target of targets) {
    const person = people.find(({ id }) => `person/${id}` === target.path);
    if (person?.devices.some(({ spare }) => spare === true) !== false) continue;
    problems.add(
      'SCENARIO_IMPOSSIBLE',
      path,
      `${path.join('.')}: ${person.id} has no phone to switch to`,
      'Give them one in world.people, for example next-phone: ios-26.5.',
    );
  }
}

function resolveFault(name: string, raw: unknown, context: FaultContext): FaultPlan | undefined {
  const path = ['faults', name];
  const { faults } = context.vocabulary;
  const keys = Object.keys(raw as object);
  const word = keys.find((key) => Object.hasOwn(faults, key));
  if (word === undefined) {
    const valid = Object.keys(faults);
    const candidates = keys.filter((key) => !COMMON.has(key));
    const written =
      candidates.find((key) => nearestWord(key, valid) !== undefined) ?? candidates[0];
    if (written === undefined) {
      context.problems.add(
        'SCENARIO_MISSING',
        path,
        `${path.join('.')} does not say what happens to which target`,
        `Write, for example, outage: carrier/northtel/rcs. Valid: ${valid.join(', ')}.`,
      );
    } else context.problems.unknown([...path, written], 'fault', written, valid, 'key');
    return undefined;
  }
  const entry = faults[word]!;
  const schema = faultSchema(entry);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const known = (at: SourcePath): readonly string[] => knownKeys(schema, at.slice(2));
    context.problems.list.push(...diagnose(context.source, parsed.error.issues, known, path));
    return undefined;
  }
  const doc = parsed.data as FaultDoc & Record<string, unknown>;
  const written = String(doc[word]);
  const all = targetsOf(context);
  const known = all.filter(({ kind }) => entry.targets.includes(kind));
  const targets = matching(written, known, context).filter(({ kind }) =>
    entry.targets.includes(kind),
  );
  const elsewhere = targets.length > 0 ? [] : matching(written, all, context);
  if (elsewhere.length > 0) {
    const possible = known.map((target) => target.path).join(', ');
    context.problems.add(
      'SCENARIO_IMPOSSIBLE',
      [...path, word],
      `${path.join('.')}: ${word} cannot be done to ${written}`,
      `It can be done to: ${possible || 'nothing in this world'}.`,
    );
  } else if (targets.length === 0) {
    context.problems.unknown(
      [...path, word],
      `target for ${word}`,
      written,
      known.map((t) => t.path),
    );
  }
  if (entry.needs !== undefined) checkNextPhone(targets, [...path, word], context);
  checkOthers(entry, doc, targets, path, context);
  const anchor = resolveAnchor(doc, entry, path, context);
  checkTraffic([...path, 'of'], doc.of, context);
  if (anchor === undefined) return undefined;
  const params = Object.fromEntries(
    Object.entries(entry.params).map(([key, parameter]) => [
      key,
      doc[key] ?? parameter.default ?? null,
    ]),
  );
  const plan: FaultPlan = {
    name,
    fault: word,
    targets: targets.map((target) => target.path),
    params,
    anchor,
    select: selectionOf(doc.hit),
    of: doc.of ?? null,
    evidence: { hits: doc.evidence?.hits ?? { op: '>=', value: 1 } },
  };
  if (anchor.kind === 'event') checkNth(anchor, path, context);
  checkHits(plan, entry, path, context);
  return plan;
}

export function resolveFaults(
  docs: Readonly<Record<string, unknown>>,
  context: FaultContext,
): FaultPlan[] {
  return Object.entries(docs).flatMap(([name, raw]) => {
    const plan = resolveFault(name, raw, context);
    return plan === undefined ? [] : [plan];
  });
}
