import { h, lazyDetails } from './dom.js';
import { cellPieces } from './cell.js';
import { createFilter, verdictWords, worstFirst } from './filter.js';
import { gridPiece } from './grid-piece.js';
import { badge, tag } from './pieces.js';
import { durationOf, matrixText, percentOf, plural, thousands } from './wording.js';

/** @typedef {import('../page-model.ts').PageData} PageData */
/** @typedef {import('../page-model.ts').PageScenario} PageScenario */
/** @typedef {import('../page-model.ts').PageCellDetail} PageCellDetail */
/** @typedef {{ data: PageData, detail: (cell: number) => PageCellDetail }} Source */
/** @typedef {ReadonlyMap<number, { details: HTMLDetailsElement }>} Opened */

const CELLS_AT_ONCE = 50;
const OPEN_SCENARIOS = 5;

/**
 * @param {number} at
 * @param {Source} source
 * @param {boolean} open
 */
const cellRow = (at, { data, detail }, open) => {
  const cell = data.cells[at];
  if (cell === undefined) throw new Error(`the report has no cell ${at}`);
  const matrix = matrixText(cell.matrix);
  const { details } = lazyDetails(
    {
      id: `cell-${at}`,
      class: 'cell',
      open,
      summary: [
        badge(cell.verdict),
        h('span', { class: 'name' }, matrix === '' ? `seed ${cell.seed}` : matrix),
        matrix === '' ? null : tag(`seed ${cell.seed}`),
        cell.worldCheck && tag('world check'),
        cell.hypothetical && tag('hypothetical'),
        cell.why !== null && h('span', { class: 'quiet' }, cell.why),
        ...cell.failed.map((rule) => h('code', { class: 'failed' }, rule)),
        h(
          'span',
          { class: 'figures' },
          `${thousands(cell.displayed)}/${thousands(cell.accepted)} displayed`,
          cell.fallbackJudged > 0 &&
            ` · fall-backs ${percentOf(cell.fallbackCorrect, cell.fallbackJudged)}`,
          cell.p95Ms !== null && ` · p95 ${durationOf(cell.p95Ms)}`,
        ),
      ],
    },
    () => cellPieces(detail(at), data),
  );
  return details;
};

/**
 * Cells in portions, worst first.
 *
 * @param {readonly number[]} shown
 * @param {Source} source
 * @param {number | null} open The cell that stands open
 */
const cellList = (shown, source, open) => {
  const sorted = worstFirst(shown, source.data.cells);
  if (open !== null && sorted.includes(open))
    sorted.unshift(...sorted.splice(sorted.indexOf(open), 1));
  const list = h('div', { class: 'cell-list' });
  /** @param {number} from */
  const add = (from) => {
    const upTo = Math.min(sorted.length, from + CELLS_AT_ONCE);
    list.append(...sorted.slice(from, upTo).map((at) => cellRow(at, source, at === open)));
    if (upTo === sorted.length) return;
    const rest = plural(sorted.length - upTo, 'more cell');
    const more = h('button', { type: 'button', class: 'more' }, `Show more of ${rest}`);
    more.addEventListener('click', () => {
      more.remove();
      add(upTo);
    });
    list.append(more);
  };
  add(0);
  return list;
};

/**
 * @param {PageScenario} scenario
 * @param {readonly number[]} shown
 * @param {Source} source
 * @param {{ open: boolean, cell: number | null, go: (cell: number) => void }} state
 */
const scenarioBox = (scenario, shown, source, { open, cell, go }) => {
  const { cells } = source.data;
  const counts = verdictWords
    .map((word) => ({
      word,
      count: shown.filter((at) => cells[at]?.verdict === word).length,
    }))
    .filter(({ count }) => count > 0);
  const [worst] = worstFirst(shown, cells);
  const left = scenario.cells.length - shown.length;
  return lazyDetails(
    {
      class: 'scenario',
      open,
      summary: [
        badge(cells[worst ?? 0]?.verdict ?? scenario.verdict),
        h('span', { class: 'name' }, scenario.scenario),
        shown.length > 1 &&
          h(
            'span',
            { class: 'figures' },
            counts.map(({ word, count }) => `${thousands(count)} ${word}`).join(' · '),
          ),
      ],
    },
    () => [
      h('p', { class: 'summary' }, scenario.summary),
      gridPiece(scenario.scenario, shown, cells, go),
      left > 0 && h('p', { class: 'quiet' }, `${plural(left, 'cell')} hidden by the filter.`),
      cellList(shown, source, cell),
    ],
  ).details;
};

/**
 * The scenarios that a filter leaves, by suite. The first few that did not pass stand open.
 *
 * @param {HTMLElement} place
 * @param {Source} source
 * @param {{ query: string, verdicts: ReadonlySet<string>, cell: number | null }} state
 * @param {(cell: number) => void} go Opens a cell
 * @returns {number} How many cells are shown
 */
export const renderScenarios = (place, source, state, go) => {
  const { data } = source;
  const isShown = createFilter(state.query, state.verdicts);
  const left = data.scenarios
    .map((scenario) => ({
      scenario,
      shown: scenario.cells.filter((at) => {
        const cell = data.cells[at];
        return cell !== undefined && (at === state.cell || isShown(cell, scenario));
      }),
    }))
    .filter(({ shown }) => shown.length > 0);
  /** @param {number} at */
  const isOdd = (at) => /^(fail|error|inconclusive)$/.test(data.cells[at]?.verdict ?? '');
  const odd = left.filter(({ shown }) => shown.some(isOdd));
  const open = new Set(odd.slice(0, OPEN_SCENARIOS).map(({ scenario }) => scenario));
  const firstOdd = worstFirst(odd[0]?.shown ?? [], data.cells)[0] ?? null;
  const suites = Map.groupBy(left, ({ scenario }) => scenario.suite);
  place.replaceChildren(
    ...[...suites].map(([suite, own]) =>
      h(
        'section',
        { class: 'suite' },
        h('h3', {}, suite, ' ', h('span', { class: 'quiet' }, plural(own.length, 'scenario'))),
        ...own.map(({ scenario, shown }) => {
          const wanted = state.cell !== null && scenario.cells.includes(state.cell);
          const cell = wanted ? state.cell : state.cell === null ? firstOdd : null;
          return scenarioBox(scenario, shown, source, {
            open: wanted || (state.cell === null && open.has(scenario)),
            cell,
            go,
          });
        }),
      ),
    ),
    ...(left.length === 0 ? [h('p', { class: 'empty' }, 'No cell fits this filter.')] : []),
  );
  return left.reduce((sum, { shown }) => sum + shown.length, 0);
};
