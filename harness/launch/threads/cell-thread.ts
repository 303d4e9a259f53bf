/** A thread that plays virtual cells as this one does. */
import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { BellwetherError } from '../../../simulators/kernel/errors.ts';
import { withPlace } from '../../implementation/description.ts';
import type { CellJob, PlayCell } from '../cell-job.ts';
import type { CellWorkerData, ThreadAnswer, ThreadJob, ThreadNews } from './cell-words.ts';
import { errorOf } from './thrown.ts';
import { openThread } from './work-thread.ts';
import type { WorkThread } from './work-thread.ts';

export interface CellThread {
  /** One cell at a time. Throws what the cell throws, and HARNESS_THREAD_DIED (blame: harness). */
  readonly play: PlayCell;
  end(): Promise<void>;
}

function clonable(job: CellJob): ThreadJob {
  const { description, signal: _signal, onProgress: _onProgress, fixed, told, ...rest } = job;
  if (fixed !== undefined || told !== undefined) throw new TypeError('told of one world alone');
  if (description === undefined) return { ...rest, description };
  const { placeOf: _placeOf, ...plain } = description;
  return { ...rest, description: plain };
}

async function played(
  thread: WorkThread<ThreadJob, ThreadAnswer, ThreadNews>,
  job: CellJob,
): Promise<ThreadAnswer> {
  try {
    return await thread.run(clonable(job), job.onProgress);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new BellwetherError(`${job.cell.id}: its thread died: ${said}`, {
      code: 'HARNESS_THREAD_DIED',
      blame: 'harness',
      hint: 'The history up to here is kept. With --jobs 1 no cell gets a thread of its own.',
      cause: error,
    });
  }
}

export function openCellThread(): CellThread {
  const cache = getCompileCacheDir();
  const data: CellWorkerData = { compileCache: cache === undefined ? null : dirname(cache) };
  // An installed package runs the emitted JavaScript.
  const program = new URL(`cell-worker${extname(import.meta.filename)}`, import.meta.url);
  const thread = openThread<ThreadJob, ThreadAnswer, ThreadNews>(program, data);
  return {
    play: async (job) => {
      const abort = (): void => thread.abort();
      job.signal?.addEventListener('abort', abort, { once: true });
      try {
        const answer = await played(thread, job);
        if ('thrown' in answer) throw withPlace(errorOf(answer.thrown), job.description ?? {});
        const { report, error } = answer;
        return error === undefined ? { report } : { report, error: errorOf(error) };
      } finally {
        job.signal?.removeEventListener('abort', abort);
      }
    },
    end: () => thread.end(),
  };
}
