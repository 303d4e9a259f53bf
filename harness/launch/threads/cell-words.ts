/** What goes between a thread that plays cells and the one that reports on them. */
import type { Description } from '../../implementation/description.ts';
import type { CellJob, CellOutcome } from '../cell-job.ts';
import type { Thrown } from './thrown.ts';

export interface CellWorkerData {
  /** Where compiled modules are kept; null = nowhere. */
  readonly compileCache: string | null;
}

/** A job as it can be cloned: what calls back stays behind, and addresses are for sockets. */
export interface ThreadJob extends Omit<
  CellJob,
  'description' | 'signal' | 'onProgress' | 'fixed' | 'told'
> {
  readonly description: Omit<Description, 'placeOf'> | undefined;
}

export type ThreadAnswer =
  | { readonly report: CellOutcome['report']; readonly error: Thrown | undefined }
  /** What the cell threw: it is the author's to mend. */
  | { readonly thrown: Thrown };

export type ThreadNews = Parameters<NonNullable<CellJob['onProgress']>>[0];
