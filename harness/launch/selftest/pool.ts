/** Cells spread over worker threads: virtual cells are pure computation, so each core takes one. */
import { availableParallelism } from 'node:os';
import type { CellVerdict } from '../../../simulators/kernel/finding.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { Verdict } from '../../../simulators/kernel/words.ts';
import { openThread } from '../threads/work-thread.ts';
import type { WorkThread } from '../threads/work-thread.ts';

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

type PoolThread = WorkThread<PoolJob, PoolAnswer>;

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
  const idle: PoolThread[] = [];
  const threads = new Set<PoolThread>();

  const start = (): void => {
    const thread: PoolThread = openThread(program);
    threads.add(thread);
    idle.push(thread);
  };
  const feed = (): void => {
    while (queue.length > 0 && idle.length > 0) {
      const thread = idle.pop()!;
      if (thread.over) {
        threads.delete(thread);
        start();
      } else void give(thread, queue.shift()!);
    }
  };
  const give = async (thread: PoolThread, { job, settle }: Waiting): Promise<void> => {
    try {
      settle(await thread.run(job));
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      settle({ failure: `the worker died: ${said}` });
    }
    idle.push(thread);
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
      await Promise.all([...threads].map((thread) => thread.end()));
    },
  };
}
