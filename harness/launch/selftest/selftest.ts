/**
 * How the judges are themselves trusted: every mutant must be caught by the rule named before its
 * first run, no healthy variant may be blamed, and a harness with a part switched off must never
 * say pass.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CellVerdict } from '../../../simulators/kernel/finding.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { Verdict } from '../../../simulators/kernel/words.ts';
import { runJob } from './job.ts';
import { createPool } from './pool.ts';
import type { Pool, PoolAnswer, Sabotage } from './pool.ts';
import type { Variant } from './variant.ts';
import { applyVariant, applyWorldVariant, staleReason } from './variant.ts';

export interface SelftestOptions {
  /** The reference's folder, and where copies may be made (inside the package). */
  readonly reference: string;
  /** The root of the project, of which mutated phones are a copy. */
  readonly project: string;
  readonly scratch: string;
  /** The file in the folder that describes it. */
  readonly descriptionName: string;
  readonly workingDirectory: string;
  readonly variants: readonly Variant[];
  /** Cells of a scenario for a seed; the first is where mutants are tried. */
  readonly cellsOf: (scenario: string, seed: number) => readonly Cell[];
  readonly scenarios: readonly string[];
  readonly mutantSeeds: readonly number[];
  readonly healthySeeds: readonly number[];
  /** Every healthy variant on every scenario. */
  readonly thorough: boolean;
  readonly pool: Pool;
  readonly onProgress: (done: number, all: number) => void;
}

export interface MutantRow {
  readonly id: string;
  readonly rule: string;
  readonly scenario: string;
  readonly result: 'killed' | 'survived' | 'stale' | 'failed';
  /** Seeds on which the expected rule caught it. */
  readonly caught: number;
  readonly seeds: number;
  /** Rules that spoke besides the expected ones. */
  readonly beyond: readonly string[];
  readonly detail: string;
}

export interface AlarmRow {
  readonly variant: string;
  readonly cell: string;
  readonly verdict: string;
  readonly detail: string;
}

export interface SabotageRow {
  readonly what: string;
  readonly cell: string;
  readonly verdict: string;
  readonly held: boolean;
}

export interface SelftestResult {
  readonly mutants: readonly MutantRow[];
  readonly falseAlarms: readonly AlarmRow[];
  readonly healthyRuns: number;
  readonly sabotage: readonly SabotageRow[];
}

/** Rules that spoke; what is only listed (`may`) catches nothing. */
function rulesIn(verdict: CellVerdict | undefined): Set<string> {
  const spoke = verdict?.rules.filter(
    ({ level, findings }) => level !== 'may' && findings.length > 0,
  );
  return new Set(spoke?.map(({ rule }) => rule));
}

function runsInside(implementation: string): boolean {
  return /^ {2}module:/m.test(readFileSync(implementation, 'utf8'));
}

/** Runs a few at a time. */
class Limit {
  readonly #width: number;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#width)
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#queue.shift()?.();
    }
  }
}

/** Copies of the whole world at once: each has a thread and its modules to itself. */
const MUTATED_WORLDS = 2;

/** Cells in wall time at once: they mostly wait. */
const WAITING_CELLS = 5;

function why(answer: PoolAnswer): string {
  const { verdict, failure } = answer;
  if (verdict === undefined) return failure ?? 'no verdict';
  const first = verdict.rules.flatMap(({ findings }) => findings)[0];
  return first === undefined ? verdict.why : `${first.rule}: ${first.sentence}`;
}

class Selftest {
  readonly #options: SelftestOptions;
  readonly #waiting = new Limit(WAITING_CELLS);
  readonly #worlds = new Limit(MUTATED_WORLDS);
  #done = 0;
  #all = 0;

  constructor(options: SelftestOptions) {
    this.#options = options;
  }

  async #run(cell: Cell, folder: string, sabotage: Sabotage | null = null): Promise<PoolAnswer> {
    const { descriptionName, workingDirectory, pool, onProgress } = this.#options;
    this.#all++;
    const implementation = join(folder, descriptionName);
    const work = join(this.#options.scratch, 'work', String(this.#all));
    const job = { cell, implementation, workingDirectory, folder: work, sabotage };
    // A process of its own runs in wall time and mostly waits: that needs no thread.
    const answer = runsInside(implementation)
      ? await pool.run(job)
      : await this.#waiting.run(() => runJob(job));
    onProgress(++this.#done, this.#all);
    return answer;
  }

  /** The cells as a copy of the project with mutated phones runs and judges them. */
  async #inMutatedWorld(
    variant: Variant,
    folder: string,
    cells: readonly Cell[],
  ): Promise<PoolAnswer[]> {
    const { project, reference, scratch, descriptionName, workingDirectory } = this.#options;
    applyWorldVariant(project, variant, folder);
    const worker = join(folder, 'harness/launch/selftest/worker.ts');
    const pool = createPool(1, pathToFileURL(worker));
    const implementation = join(reference, descriptionName);
    const work = join(scratch, 'work', variant.id);
    this.#all += cells.length;
    try {
      return await Promise.all(
        cells.map(async (cell) => {
          const job = { cell, implementation, workingDirectory, folder: work, sabotage: null };
          const answer = await pool.run(job);
          this.#options.onProgress(++this.#done, this.#all);
          return answer;
        }),
      );
    } finally {
      await pool.close();
    }
  }

  async #mutant(variant: Variant): Promise<MutantRow> {
    const { reference, scratch, mutantSeeds, cellsOf } = this.#options;
    const base = {
      id: variant.id,
      rule: variant.rule ?? '',
      scenario: variant.scenario ?? '',
      caught: 0,
      seeds: mutantSeeds.length,
      beyond: [],
    };
    const isWorld = variant.of === 'world';
    const stale = staleReason(isWorld ? this.#options.project : reference, variant);
    if (stale !== undefined) return { ...base, result: 'stale', detail: stale };
    const folder = join(scratch, variant.id);
    const cells = mutantSeeds.flatMap((seed) => cellsOf(base.scenario, seed).slice(0, 1));
    if (!isWorld) applyVariant(reference, variant, folder);
    const answers = isWorld
      ? await this.#worlds.run(() => this.#inMutatedWorld(variant, folder, cells))
      : await Promise.all(cells.map((cell) => this.#run(cell, folder)));
    const caught = answers.filter(({ verdict }) => rulesIn(verdict).has(base.rule)).length;
    const expected = new Set([base.rule, ...variant.also]);
    const beyond = new Set(answers.flatMap(({ verdict }) => [...rulesIn(verdict)]));
    const failed = answers.find(({ verdict }) => verdict === undefined);
    const all = answers.length === mutantSeeds.length && caught === answers.length;
    return {
      ...base,
      caught,
      result: all ? 'killed' : failed === undefined ? 'survived' : 'failed',
      beyond: [...beyond].filter((rule) => !expected.has(rule)).toSorted(),
      detail: all ? '' : (failed?.failure ?? answers.map(why)[0] ?? `no cell of ${base.scenario}`),
    };
  }

  /**
   * Healthy seeds rotate over variants and scenarios; `thorough` is the whole product. A variant
   * that names a scenario is played there besides: elsewhere its difference may never show.
   */
  #healthyJobs(healthy: readonly Variant[]): { variant: Variant; cell: Cell }[] {
    return [...this.#rotation(healthy), ...this.#atHome(healthy)];
  }

  #atHome(healthy: readonly Variant[]): { variant: Variant; cell: Cell }[] {
    const { healthySeeds, mutantSeeds, cellsOf } = this.#options;
    if (healthySeeds.length === 0) return [];
    return healthy.flatMap((variant) => {
      const { scenario } = variant;
      if (scenario === undefined) return [];
      const cells = mutantSeeds.flatMap((seed) => cellsOf(scenario, seed).slice(0, 1));
      return cells.map((cell) => ({ variant, cell }));
    });
  }

  #rotation(healthy: readonly Variant[]): { variant: Variant; cell: Cell }[] {
    const { scenarios, healthySeeds, cellsOf, thorough } = this.#options;
    if (thorough) {
      return healthy.flatMap((variant) =>
        scenarios.flatMap((scenario) =>
          healthySeeds
            .slice(0, 1)
            .flatMap((seed) => cellsOf(scenario, seed).map((cell) => ({ variant, cell }))),
        ),
      );
    }
    return healthySeeds.flatMap((seed, index) => {
      const variant = healthy[index % healthy.length];
      const cells = cellsOf(scenarios[index % scenarios.length] ?? '', seed);
      const cell = cells[index % Math.max(1, cells.length)];
      return variant === undefined || cell === undefined ? [] : [{ variant, cell }];
    });
  }

  async #healthy(): Promise<{ falseAlarms: AlarmRow[]; healthyRuns: number }> {
    const { reference, scratch, variants } = this.#options;
    const unchanged: Variant = {
      id: 'unchanged',
      kind: 'healthy',
      of: 'implementation',
      summary: 'the reference itself',
      rule: undefined,
      scenario: undefined,
      also: [],
      edits: [],
    };
    const edited = variants.filter(({ kind }) => kind === 'healthy');
    const falseAlarms: AlarmRow[] = [];
    const usable = edited.filter((variant) => {
      const stale = staleReason(reference, variant);
      if (stale === undefined) {
        applyVariant(reference, variant, join(scratch, variant.id));
        return true;
      }
      falseAlarms.push({ variant: variant.id, cell: '', verdict: 'stale', detail: stale });
      return false;
    });
    const jobs = this.#healthyJobs([unchanged, ...usable]);
    const rows = await Promise.all(
      jobs.map(async ({ variant, cell }) => {
        const folder = variant === unchanged ? reference : join(scratch, variant.id);
        const answer = await this.#run(cell, folder);
        const verdict = answer.verdict?.verdict ?? 'error';
        if (verdict === 'pass' || verdict === 'not-applicable') return undefined;
        return { variant: variant.id, cell: cell.id, verdict, detail: why(answer) };
      }),
    );
    falseAlarms.push(...rows.filter((row) => row !== undefined));
    return { falseAlarms, healthyRuns: jobs.length };
  }

  /** On the first cell of each scenario: every fault, every tap and every rule switched off. */
  async #sabotage(): Promise<SabotageRow[]> {
    const { reference, scenarios, cellsOf } = this.#options;
    const row = (what: string, cell: Cell, verdict: Verdict): SabotageRow => {
      const held = verdict === 'inconclusive' || verdict === 'fail';
      return { what, cell: cell.id, verdict, held };
    };
    const idle = async (cell: Cell, fault: string): Promise<SabotageRow[]> => {
      const sabotage = { kind: 'fault-does-nothing', fault } as const;
      const { verdict } = await this.#run(cell, reference, sabotage);
      return [row(`fault ${fault} does nothing`, cell, verdict?.verdict ?? 'error')];
    };
    const judging = async (cell: Cell): Promise<SabotageRow[]> => {
      const { sabotaged, failure } = await this.#run(cell, reference, { kind: 'judging' });
      if (sabotaged === undefined) return [row(failure ?? 'no verdict', cell, 'error')];
      return sabotaged.map(({ what, verdict }) => row(what, cell, verdict));
    };
    const rows = scenarios
      .flatMap((scenario) => cellsOf(scenario, 1).slice(0, 1))
      .flatMap((cell) => [judging(cell), ...cell.faults.map(({ name }) => idle(cell, name))]);
    return (await Promise.all(rows)).flat();
  }

  async run(): Promise<SelftestResult> {
    const mutants = this.#options.variants.filter(({ kind }) => kind === 'mutant');
    const [rows, healthy, sabotage] = await Promise.all([
      Promise.all(mutants.map((variant) => this.#mutant(variant))),
      this.#healthy(),
      this.#sabotage(),
    ]);
    return { mutants: rows, ...healthy, sabotage };
  }
}

export function runSelftest(options: SelftestOptions): Promise<SelftestResult> {
  return new Selftest(options).run();
}

/** Is everything of this run as it must be? What was killed before: see `baseline.ts`. */
export function selftestHeld(result: SelftestResult): boolean {
  return (
    result.mutants.length > 0 &&
    result.healthyRuns > 0 &&
    result.mutants.every(({ result: row }) => row === 'killed') &&
    result.falseAlarms.length === 0 &&
    result.sabotage.every(({ held }) => held)
  );
}
