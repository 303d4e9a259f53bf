import { worstFirst } from './filter.js';

/** @typedef {import('../page-model.ts').PageCell} PageCell */
/** @typedef {{ cells: number[], worst: number } | null} GridField */
/** @typedef {{ rowAxis: string, columnAxis: string, columns: string[],
 *   rows: { name: string, fields: GridField[] }[] }} Grid */

/**
 * Lays a scenario's cells out as a grid: the first axis gives the rows, the others together the
 * columns. Several seeds of one combination share a field, which shows their worst verdict.
 * Null where there are fewer than two axes with something to compare.
 *
 * @param {readonly number[]} indices
 * @param {readonly PageCell[]} cells
 * @returns {Grid | null}
 */
export const gridOf = (indices, cells) => {
  const axes = [...new Set(indices.flatMap((at) => Object.keys(cells[at]?.matrix ?? {})))];
  const [rowAxis, ...columnAxes] = axes;
  if (rowAxis === undefined || columnAxes.length === 0) return null;
  /** @param {number} at */
  const columnOf = (at) => columnAxes.map((axis) => cells[at]?.matrix[axis] ?? '–').join(', ');
  /** @param {number} at */
  const rowOf = (at) => cells[at]?.matrix[rowAxis] ?? '–';
  const columns = [...new Set(indices.map(columnOf))];
  const rows = [...new Set(indices.map(rowOf))].map((name) => ({
    name,
    fields: columns.map((column) => {
      const own = indices.filter((at) => rowOf(at) === name && columnOf(at) === column);
      const [worst] = worstFirst(own, cells);
      return worst === undefined ? null : { cells: own, worst };
    }),
  }));
  return { rowAxis, columnAxis: columnAxes.join(', '), columns, rows };
};
