import { asHarnessError } from '../../run/harness-error.ts';
import { runAllowedJob } from '../repeated-job.ts';
import type { ThreadAnswer, ThreadJob, ThreadNews } from './cell-words.ts';
import { serveJobs } from './serve-jobs.ts';
import { thrownOf } from './thrown.ts';

/** The inside of a thread that plays cells. */
export function serveCells(): void {
  serveJobs<ThreadJob, ThreadAnswer, ThreadNews>(async (job, signal, onProgress) => {
    try {
      const { report, error } = await runAllowedJob({ ...job, signal, onProgress });
      return { report, error: error === undefined ? undefined : thrownOf(error) };
    } catch (error) {
      return { thrown: thrownOf(asHarnessError(error)) };
    }
  });
}
