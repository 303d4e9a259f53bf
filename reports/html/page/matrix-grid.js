import { worstFirst } from './filter.js';

/** @typedef {import('../page-model.ts').PageCell} PageCell */
/** @typedef {{ name: string, values: string[] }} Axis */
/** @typedef {{ text: string, padlock: boolean, cells: number }} Shown */
/** @typedef {{ cells: number[], worst: number, shown: Shown[] } | null} GridField */
/** @typedef {{ rowAxis: string, columnAxis: string, axes: Axis[], columns: string[],
 *   rows: { name: string, fields: GridField[] }[] }} Grid */
/** @typedef {{ rows?: string, columns?: string,
 *   only?: Readonly<Record<string, string>> }} GridChoice */

/**
 * By which channels a cell's messages were shown, and with which padlock; empty where none were.
 *
 * @param {Pick<PageCell, 'displayedOn' | 'padlocked'>} cell
 */
export const shownIn = ({ displayedOn, padlocked }) => {
  const entries = Object.entries(displayedOn).toSorted(([, a], [, b]) => b - a);
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return '';
  const channels = entries.map(([channel]) => channel).join(' + ');
  if (padlocked === all) return `${channels}, padlock`;
  if (padlocked === 0) return `${channels}, no padlock`;
  return `${channels}, padlock on ${padlocked} of ${all}`;
};

/**
 * @param {readonly number[]} own
 * @param {readonly PageCell[]} cells
 * @returns {Shown[]} What was shown most often first
 */
const shownOver = (own, cells) => {
  /** @type {Map<string, Shown>} */
  const found = new Map();
  for (const at of own) {
    const cell = cells[at];
    const text = cell === undefined ? '' : shownIn(cell);
    if (cell === undefined || text === '') continue;
    const one = found.get(text) ?? { text, padlock: cell.padlocked > 0, cells: 0 };
    one.cells++;
    found.set(text, one);
  }
  return [...found.values()].toSorted((a, b) => b.cells - a.cells);
};

/**
 * Lays a scenario's cells out as a grid: one axis gives the rows, another the columns, and what the
 * others distinguish is folded into one field, which shows its worst verdict. `only` leaves one
 * value of an axis. Null where there are fewer than two axes with something to compare.
 *
 * @param {readonly number[]} indices
 * @param {readonly PageCell[]} cells
 * @param {GridChoice} [choice]
 * @returns {Grid | null}
 */
export const gridOf = (indices, cells, choice = {}) => {
  /** @param {number} at @param {string} axis */
  const valueOf = (at, axis) => cells[at]?.matrix[axis] ?? '–';
  const names = [...new Set(indices.flatMap((at) => Object.keys(cells[at]?.matrix ?? {})))];
  if (names.length < 2) return null;
  /** @param {string} axis @param {readonly number[]} of */
  const valuesOf = (axis, of) => [...new Set(of.map((at) => valueOf(at, axis)))];
  const rowAxis = choice.rows ?? names[0] ?? '';
  const columnAxis = choice.columns ?? names.find((name) => name !== rowAxis) ?? '';
  const only = Object.entries(choice.only ?? {});
  const left = indices.filter((at) => only.every(([axis, value]) => valueOf(at, axis) === value));
  const columns = valuesOf(columnAxis, left);
  const rows = valuesOf(rowAxis, left).map((name) => ({
    name,
    fields: columns.map((column) => {
      const own = left.filter(
        (at) => valueOf(at, rowAxis) === name && valueOf(at, columnAxis) === column,
      );
      const [worst] = worstFirst(own, cells);
      return worst === undefined ? null : { cells: own, worst, shown: shownOver(own, cells) };
    }),
  }));
  const axes = names.map((name) => ({ name, values: valuesOf(name, indices) }));
  return { rowAxis, columnAxis, axes, columns, rows };
};
