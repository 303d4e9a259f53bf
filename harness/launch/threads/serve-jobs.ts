/** The inside of a thread: `openThread` gives it jobs. */
import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from './words.ts';

/**
 * Answers each job with what `work` resolves to; a rejection ends the thread. `tell` sends news of
 * a job that is under way.
 */
export function serveJobs<Job, Answer, News = never>(
  work: (job: Job, signal: AbortSignal, tell: (news: News) => void) => Promise<Answer>,
): void {
  const port = parentPort!;
  const stopping = new AbortController();
  const post = (message: FromThread<Answer, News>): void => port.postMessage(message);
  port.on('message', (message: ToThread<Job>) => {
    if (message === 'abort') {
      stopping.abort();
      return;
    }
    void work(message.job, stopping.signal, (news) => post({ news })).then((answer) =>
      post({ answer }),
    );
  });
}
