/** What runs in a thread for cells; `openCellThread` starts it. */
import { enableCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';
import type { CellWorkerData } from './cell-words.ts';

const { compileCache } = workerData as CellWorkerData;
// Each thread has a cache of its own to switch on, before it loads what there is to load.
if (compileCache !== null) enableCompileCache(compileCache);
const { serveCells } = await import('./serve-cells.ts');
serveCells();
