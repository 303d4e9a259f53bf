/**
 * A thread of this process that does one job after another: virtual cells are pure computation, so
 * each core can take one.
 */
import { Worker } from 'node:worker_threads';
import type { FromThread, ToThread } from './words.ts';

export interface WorkThread<Job, Answer, News = never> {
  /** It takes no more jobs: it died, or was ended. */
  readonly over: boolean;
  /** One at a time. Rejects when the thread ends without an answer. */
  run(job: Job, heard?: (news: News) => void): Promise<Answer>;
  /** Asks what it does now, and whatever it does later, for an early and orderly end. */
  abort(): void;
  end(): Promise<void>;
}

interface Running<Answer, News> {
  readonly heard: ((news: News) => void) | undefined;
  readonly settle: (answer: Answer) => void;
  readonly refuse: (error: Error) => void;
}

/** `program`: a file that calls `serveJobs`; `data` is its `workerData`. */
export function openThread<Job, Answer, News = never>(
  program: URL,
  data?: unknown,
): WorkThread<Job, Answer, News> {
  const worker = new Worker(program, { workerData: data });
  let running: Running<Answer, News> | undefined;
  let why: Error | undefined;
  const died = (error: Error): void => {
    why ??= error;
    running?.refuse(why);
    running = undefined;
  };
  worker.on('message', (message: FromThread<Answer, News>) => {
    if ('news' in message) {
      running?.heard?.(message.news);
      return;
    }
    const done = running;
    running = undefined;
    done?.settle(message.answer);
  });
  worker.on('error', died);
  worker.on('exit', (code) => died(new Error(`it ended with exit code ${code}`)));
  const post = (message: ToThread<Job>): void => worker.postMessage(message);
  return {
    get over() {
      return why !== undefined;
    },
    run: (job, heard) =>
      new Promise((settle, refuse) => {
        if (why !== undefined) {
          refuse(why);
          return;
        }
        running = { heard, settle, refuse };
        post({ job });
      }),
    abort: () => post('abort'),
    end: async () => {
      await worker.terminate();
    },
  };
}
