import { h } from './dom.js';
import { gridOf } from './matrix-grid.js';
import { badge, captioned } from './pieces.js';
import { plural } from './wording.js';

/** @typedef {import('../page-model.ts').PageCell} PageCell */
/** @typedef {import('./matrix-grid.js').Grid} Grid */
/** @typedef {import('./matrix-grid.js').GridField} GridField */

/** The choice that leaves an axis folded. */
const ALL = 'all';
/** Different things shown in one field; the rest is counted. */
const MOST_SHOWN = 3;

/** @param {NonNullable<GridField>} field */
const shownPieces = ({ shown, cells }) => [
  ...shown
    .slice(0, MOST_SHOWN)
    .map(({ text, padlock, cells: count }) =>
      h(
        'span',
        { class: padlock ? 'way lock' : 'way lock is-open' },
        count === cells.length ? text : `${count} × ${text}`,
      ),
    ),
  shown.length > MOST_SHOWN && h('span', { class: 'way' }, `and ${shown.length - MOST_SHOWN} more`),
];

/**
 * @param {GridField} field
 * @param {readonly PageCell[]} cells
 * @param {(cell: number) => void} go
 */
const fieldPiece = (field, cells, go) => {
  if (field === null) return h('td', {});
  const verdict = cells[field.worst]?.verdict ?? 'inconclusive';
  const button = h(
    'button',
    { type: 'button', class: `field verdict-${verdict}` },
    h(
      'span',
      {},
      badge(verdict),
      field.cells.length > 1 && ` · ${plural(field.cells.length, 'cell')}`,
    ),
    ...shownPieces(field),
  );
  button.addEventListener('click', () => go(field.worst));
  return h('td', {}, button);
};

/**
 * @param {Grid} grid
 * @param {string} scenario
 * @param {readonly PageCell[]} cells
 * @param {(cell: number) => void} go
 */
const gridTable = (grid, scenario, cells, go) => {
  const caption = `${scenario}: ${grid.rowAxis} (rows) against ${grid.columnAxis} (columns)`;
  return captioned(
    caption,
    h(
      'table',
      { class: 'grid', 'aria-label': caption },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, `${grid.rowAxis} ↓ ${grid.columnAxis} →`),
          ...grid.columns.map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h(
        'tbody',
        {},
        ...grid.rows.map(({ name, fields }) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, name),
            ...fields.map((field) => fieldPiece(field, cells, go)),
          ),
        ),
      ),
    ),
  );
};

/**
 * @param {string} label
 * @param {readonly string[]} values
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
const chooser = (label, values, chosen, choose) => {
  const select = h(
    'select',
    {},
    ...values.map((value) => h('option', { value, selected: value === chosen }, value)),
  );
  select.addEventListener('change', () => choose(select.value));
  return h('label', { class: 'chooser' }, `${label} `, select);
};

/**
 * A scenario's cells as a grid over two axes, which the reader may choose where there are more; the
 * others are folded, or held at one value.
 *
 * @param {string} scenario
 * @param {readonly number[]} shown
 * @param {readonly PageCell[]} cells
 * @param {(cell: number) => void} go Opens a cell
 */
export const gridPiece = (scenario, shown, cells, go) => {
  const first = gridOf(shown, cells);
  if (first === null) return null;
  const place = h('div', { class: 'grid-box' });
  /** @param {Grid} grid @param {Readonly<Record<string, string>>} only */
  const draw = (grid, only) => {
    const { axes, rowAxis, columnAxis } = grid;
    const names = axes.map(({ name }) => name);
    /**
     * @param {string} rows
     * @param {string} columns
     * @param {Readonly<Record<string, string>>} held
     */
    const again = (rows, columns, held) => {
      const next = gridOf(shown, cells, { rows, columns, only: held });
      if (next !== null) draw(next, held);
    };
    /** @param {string} rows @param {string} columns */
    const turn = (rows, columns) => {
      const others = Object.entries(only).filter(([axis]) => axis !== rows && axis !== columns);
      again(rows, columns, Object.fromEntries(others));
    };
    const folded = axes.filter(
      ({ name, values }) => name !== rowAxis && name !== columnAxis && values.length > 1,
    );
    const choosers =
      names.length > 2 &&
      h(
        'div',
        { class: 'choosers' },
        chooser('rows', names, rowAxis, (rows) =>
          turn(rows, rows === columnAxis ? rowAxis : columnAxis),
        ),
        chooser('columns', names, columnAxis, (columns) =>
          turn(columns === rowAxis ? columnAxis : rowAxis, columns),
        ),
        ...folded.map(({ name, values }) =>
          chooser(name, [ALL, ...values], only[name] ?? ALL, (value) => {
            const { [name]: _before, ...others } = only;
            again(rowAxis, columnAxis, value === ALL ? others : { ...others, [name]: value });
          }),
        ),
      );
    place.replaceChildren(
      ...[choosers, gridTable(grid, scenario, cells, go)].filter((piece) => piece !== false),
    );
  };
  draw(first, {});
  return place;
};
