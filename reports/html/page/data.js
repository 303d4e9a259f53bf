import { byId } from './dom.js';

/** @typedef {import('../page-model.ts').PageData} PageData */
/** @typedef {import('../page-model.ts').PageCell} PageCell */
/** @typedef {import('../page-model.ts').PageCellDetail} PageCellDetail */
/** @typedef {import('../../../simulators/kernel/words.ts').Verdict} Verdict */

/** @returns {PageData} */
export const readSummary = () => JSON.parse(byId('summary').textContent);

/**
 * Reads whole cells, a chunk at a time and each chunk once.
 *
 * @param {PageData} data
 * @returns {(cell: number) => PageCellDetail}
 */
export const createDetails = (data) => {
  /** @type {Map<number, PageCellDetail[]>} */
  const chunks = new Map();
  return (cell) => {
    const at = Math.floor(cell / data.cellsPerChunk);
    const chunk = chunks.get(at) ?? JSON.parse(byId(`chunk-${at}`).textContent);
    chunks.set(at, chunk);
    return chunk[cell % data.cellsPerChunk];
  };
};
