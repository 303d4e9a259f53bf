/** One thread of the pool: virtual cells are pure computation and take a core each. */
import { parentPort } from 'node:worker_threads';
import { runJob } from './job.ts';
import type { PoolAnswer, PoolJob } from './pool.ts';

parentPort!.on('message', (job: PoolJob) => {
  runJob(job).then(
    (answer) => parentPort!.postMessage(answer),
    (error: unknown) => {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      parentPort!.postMessage({ failure } satisfies PoolAnswer);
    },
  );
});
