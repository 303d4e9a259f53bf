/**
 * Bellwether as a library. `run` is what `bellwether run` does, without printing; `createWorld`
 * gives the simulators alone, in virtual or in real time, in memory or on sockets.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWallClock } from '../simulators/kernel/wall-clock.ts';
import type { CellReport, Progress, RunReport } from '../reports/model.ts';
import { createVocabulary, projectVersion } from './compose.ts';
import { runPlan } from './launch/run-plan.ts';
import { subjectOf } from './launch/subject.ts';
import { loadPlan } from './plan/load.ts';
import { openWorld } from './unit-tests/simulated-world.ts';
import type { SimulatedWorld, WorldOptions } from './unit-tests/simulated-world.ts';

export { BellwetherError, BellwetherErrors } from '../simulators/kernel/errors.ts';
export type * from './unit-tests/world-words.ts';
export type { RunReport, CellReport, Progress } from '../reports/model.ts';
export type { CellVerdict, Finding } from '../simulators/kernel/finding.ts';
export type { HistoryEvent } from '../simulators/kernel/events.ts';
export type { Plan, Cell } from '../simulators/kernel/plan.ts';

export interface RunOptions {
  /** Scenario files, suites or folders. */
  readonly scenarios: readonly string[];
  /** implementation.yaml; default as on the command line. */
  readonly implementation?: string;
  readonly seeds?: readonly number[];
  readonly only?: string;
  /** Where histories are kept; absent = a temporary folder that is removed. */
  readonly folder?: string;
  readonly workingDirectory?: string;
  /** Cells at once, in virtual time at most one a core; default 4. */
  readonly jobs?: number;
  /** Ask the honesty probe first; default true. */
  readonly probe?: boolean;
  /** The world's own delays, so many times as fast; default 1. */
  readonly speed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onCell?: (cell: CellReport) => void;
}

/** Runs scenarios against an implementation. Throws what the author has to mend (exit code 3). */
export async function run(options: RunOptions): Promise<RunReport> {
  const clock = createWallClock();
  const workingDirectory = options.workingDirectory ?? process.cwd();
  const vocabulary = createVocabulary();
  const plan = loadPlan(options.scenarios, {
    vocabulary,
    workingDirectory,
    ...(options.seeds === undefined ? {} : { seeds: options.seeds }),
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.speed === undefined ? {} : { speed: options.speed }),
  });
  const { description, probe } = subjectOf(plan, {
    implementation: options.implementation,
    workingDirectory,
    probe: options.probe ?? true,
    vocabulary,
  });
  const temporary =
    options.folder === undefined ? mkdtempSync(join(tmpdir(), 'bellwether-')) : undefined;
  const runFolder = options.folder ?? temporary!;
  try {
    const { report } = await runPlan({
      plan,
      probe,
      description,
      runFolder,
      facts: {
        id: 'library',
        began: new Date(clock.epochMillis()).toISOString(),
        planHash: plan.hash,
        command: 'run()',
        node: process.version,
        folder: runFolder,
      },
      version: projectVersion(),
      jobs: options.jobs ?? 4,
      ruleNames: Object.keys(vocabulary.rules),
      knownFailures: [],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (progress) => options.onProgress?.(progress),
      onCell: (cell) => options.onCell?.(cell),
      replayOf: (cell) => `bellwether run ${cell.file} --seed ${cell.seed}`,
      elapsedMs: () => clock.now() / 1000,
    });
    return report;
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

/** A world that stands by itself. */
export interface World extends SimulatedWorld {
  /** Takes it down: doors closed, no timer left. */
  stop(): Promise<void>;
}

/**
 * The world of a scenario (its file, its text, the same as an object), or one described by itself;
 * default: two people and every gateway. Throws BellwetherErrors where options or description are
 * wrong, WORLD_PORT_IN_USE and WORLD_LISTEN_FAILED.
 */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const world = await openWorld(options);
  return Object.assign(world, { stop: world.close });
}
