/** One thread of the pool: virtual cells are pure computation and take a core each. */
import { serveJobs } from '../threads/serve-jobs.ts';
import { runJob } from './job.ts';
import type { PoolAnswer, PoolJob } from './pool.ts';

serveJobs<PoolJob, PoolAnswer>(async (job) => {
  try {
    return await runJob(job);
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
});
