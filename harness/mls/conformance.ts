/** A stack under test: scripts × suites × handshakes × casts, each a cell of one report. */
import type { CellReport } from '../../reports/model.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { MlsStack } from '../../simulators/protocol/mls/stack/types.ts';
import { StackError } from '../../simulators/protocol/mls/stack/types.ts';
import { CASTS } from './casts.ts';
import type { CastName, Player } from './casts.ts';
import { stackVerdict } from './cell.ts';
import type { Played } from './cell.ts';
import { Conversation } from './conversation.ts';
import { StackFinding } from './rules.ts';
import { SCRIPTS } from './scripts/index.ts';
import { playSteps, randomSteps, shrink, stepText } from './scripts/random.ts';
import type { RandomStep } from './scripts/random.ts';
import type { MlsScript } from './scripts/script.ts';

export interface ConformanceOptions {
  /** Gives the stack, started anew where it was gone; throws `StackError` when it cannot be had. */
  readonly tested: () => Promise<MlsStack>;
  readonly name: string;
  readonly reference: MlsStack;
  readonly seed: number;
  /** How many random stories each combination gets. */
  readonly randomStories: number;
  /** Only cells whose id contains this text. */
  readonly only?: string;
  readonly signal?: AbortSignal;
  /** Told once, before the first cell, how many there will be. */
  readonly onPlanned: (cells: number) => void;
  /** A cell begins; so many have ended. */
  readonly onBegin?: (cell: string, done: number, planned: number) => void;
  readonly onCell: (cell: CellReport) => void;
  readonly elapsedMillis: () => number;
  readonly replayOf: (id: string) => string;
}

export interface Conformance {
  /** Cells that were to be played. */
  readonly planned: number;
  readonly cells: readonly CellReport[];
}

const STEPS_PER_STORY = 16;
const MOST_SHRINKING = 60;

interface Combination {
  readonly suite: number;
  readonly handshake: 'public' | 'private';
  readonly cast: CastName;
}

interface Job extends Combination {
  readonly id: string;
  readonly name: string;
  readonly script: MlsScript;
  /** What happens in a random story; undefined for scripts. */
  readonly steps: readonly RandomStep[] | undefined;
}

async function combinationsOf(stacks: readonly MlsStack[]): Promise<Combination[]> {
  const [first, ...others] = await Promise.all(
    stacks.map(async (stack) => (await stack.call('SupportedCiphersuites', {})).ciphersuites),
  );
  const both = (first ?? []).filter((suite) => others.every((known) => known.includes(suite)));
  return both.flatMap((suite) =>
    (['public', 'private'] as const).flatMap((handshake) =>
      (Object.keys(CASTS) as CastName[]).map((cast) => ({ suite, handshake, cast })),
    ),
  );
}

function storyOf(steps: readonly RandomStep[]): MlsScript {
  return {
    doc: 'A random story.',
    clauses: ['RFC 9420'],
    play: (talk) => playSteps(talk, steps),
  };
}

function jobsOf(combinations: readonly Combination[], options: ConformanceOptions): Job[] {
  const jobs: Job[] = [];
  for (const [name, script] of Object.entries<MlsScript>(SCRIPTS)) {
    for (const one of combinations) {
      jobs.push({ ...one, id: idOf(name, one, options.seed), name, script, steps: undefined });
    }
  }
  for (let story = 1; story <= options.randomStories; story++) {
    const name = `random/story-${story}`;
    const steps = randomSteps(createRandom(options.seed).fork(name), STEPS_PER_STORY);
    for (const one of combinations) {
      const id = idOf(name, one, options.seed);
      jobs.push({ ...one, id, name, script: storyOf(steps), steps });
    }
  }
  const { only } = options;
  return only === undefined ? jobs : jobs.filter(({ id }) => id.includes(only));
}

function idOf(name: string, { suite, handshake, cast }: Combination, seed: number): string {
  return `mls/${name} [suite=${suite}, handshake=${handshake}, cast=${cast}] #${seed}`;
}

/** What a stack did or was; errors of our own pass through. */
async function failureOf(play: () => Promise<void>): Promise<Played['failure']> {
  try {
    await play();
    return undefined;
  } catch (failure) {
    if (failure instanceof StackFinding || failure instanceof StackError) return failure;
    throw failure;
  }
}

async function play(job: Job, options: ConformanceOptions, script = job.script): Promise<Played> {
  const random = createRandom(options.seed).fork(job.id);
  const { suite, handshake, cast } = job;
  try {
    const tested: Player = { stack: await options.tested(), player: options.name };
    const reference: Player = { stack: options.reference, player: 'reference' };
    const talk = new Conversation({
      suite,
      encryptHandshake: handshake === 'private',
      cast: CASTS[cast](tested, reference),
      random: (length) => random.bytes(length),
    });
    const failure = await failureOf(() => script.play(talk));
    return { judged: talk.judged, failure };
  } catch (failure) {
    if (failure instanceof StackError) return { judged: new Map(), failure };
    throw failure;
  }
}

/** The shortest story that fails by the same rule. */
async function shortened(
  job: Job & { readonly steps: readonly RandomStep[] },
  found: StackFinding,
  options: ConformanceOptions,
): Promise<string> {
  const fails = async (steps: readonly RandomStep[]): Promise<boolean> => {
    const { failure } = await play(job, options, storyOf(steps));
    return failure instanceof StackFinding && failure.rule === found.rule;
  };
  const left = await shrink(job.steps, fails, MOST_SHRINKING);
  const text = left.map(stepText).join(', then ');
  return `The shortest story that still fails: ${text || 'two people meet'}.`;
}

async function judge(job: Job, options: ConformanceOptions): Promise<CellVerdict> {
  const level = job.script.level ?? 'must';
  const played = await play(job, options);
  const { failure } = played;
  const notes =
    job.steps !== undefined && failure instanceof StackFinding
      ? [await shortened({ ...job, steps: job.steps }, failure, options)]
      : [];
  return stackVerdict({ id: job.id, script: job.name, level }, played, notes);
}

function reportOf(job: Job, verdict: CellVerdict, options: ConformanceOptions): CellReport {
  const { suite, handshake, cast, script } = job;
  return {
    id: job.id,
    suite: 'mls',
    scenario: job.name,
    summary: script.doc,
    clauses: script.clauses,
    tags: ['mls-client'],
    matrix: { suite: `${suite}`, handshake, cast },
    seed: options.seed,
    hypothetical: [],
    policy: 'none',
    relaxations: [],
    ignored: [],
    wire: 'sockets',
    wallMs: 0,
    lastedMicros: 0,
    history: null,
    replay: options.replayOf(job.id),
    verdict,
  };
}

/** One cell after the other: a server's states are its own business, its answers in order ours. */
export async function runConformance(options: ConformanceOptions): Promise<Conformance> {
  const combinations = await combinationsOf([await options.tested(), options.reference]);
  if (combinations.length === 0) {
    throw new StackError('unimplemented', 'any cipher suite that the reference has, too');
  }
  const jobs = jobsOf(combinations, options);
  options.onPlanned(jobs.length);
  const cells: CellReport[] = [];
  for (const job of jobs) {
    if (options.signal?.aborted === true) break;
    const began = options.elapsedMillis();
    options.onBegin?.(job.id, cells.length, jobs.length);
    const verdict = await judge(job, options);
    const wallMs = Math.round(options.elapsedMillis() - began);
    const cell = { ...reportOf(job, verdict, options), wallMs };
    cells.push(cell);
    options.onCell(cell);
  }
  return { planned: jobs.length, cells };
}
