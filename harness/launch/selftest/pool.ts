/** Cells spread over worker threads: virtual cells are pure computation, so each core takes one. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CellVerdict } from '../../../simulators/kernel/finding.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { Verdict } from '../../../simulators/kernel/words.ts';

export interface PoolJob {
  readonly cell: Cell;
  /** implementation.yaml, absolute. */
  readonly implementation: string;
  readonly workingDirectory: string;
  /** An empty folder of this job's own, for what an implementation in wall time writes. */
  readonly folder: string;
  /** What to break in the harness itself. */
  readonly sabotage: Sabotage | null;
}

/**
 * A part of the harness switched off; the verdict must then never be pass. `judging`: the same
 * history is judged again and again, each time with one tap blind or one rule missing.
 */
export type Sabotage =
  { readonly kind: 'fault-does-nothing'; readonly fault: string } | { readonly kind: 'judging' };

/** The verdict without one part of the harness. */
export interface Sabotaged {
  readonly what: string;
  readonly verdict: Verdict;
}

export interface PoolAnswer {
  readonly verdict?: CellVerdict;
  /** For the sabotage `judging`. */
  readonly sabotaged?: readonly Sabotaged[];
  /** The run could not be made, in words. */
  readonly failure?: string;
}

export interface Pool {
  run(job: PoolJob): Promise<PoolAnswer>;
  close(): Promise<void>;
}

interface Waiting {
  readonly job: PoolJob;
  readonly settle: (answer: PoolAnswer) => void;
}

/** `program`: the worker's file, of this tree or of a mutated copy. */
export function createPool(
  size = availableParallelism(),
  program = new URL('worker.ts', import.meta.url),
): Pool {
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const workers = new Set<Worker>();
  const running = new Map<Worker, Waiting>();

  const feed = (): void => {
    for (;;) {
      const worker = idle.pop();
      if (worker === undefined) return;
      const next = queue.shift();
      if (next === undefined) {
        idle.push(worker);
        return;
      }
      running.set(worker, next);
      worker.postMessage(next.job);
    }
  };
  const start = (): void => {
    const worker = new Worker(program);
    workers.add(worker);
    worker.on('message', (answer: PoolAnswer) => {
      const done = running.get(worker);
      running.delete(worker);
      idle.push(worker);
      done?.settle(answer);
      feed();
    });
    worker.on('error', (error: Error) => {
      running.get(worker)?.settle({ failure: `the worker died: ${error.message}` });
      running.delete(worker);
      workers.delete(worker);
      start();
    });
    idle.push(worker);
    feed();
  };
  for (let index = 0; index < size; index++) start();

  return {
    run: (job) =>
      new Promise((settle) => {
        queue.push({ job, settle });
        feed();
      }),
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}
