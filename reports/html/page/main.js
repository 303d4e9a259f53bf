import { createDetails, readSummary } from './data.js';
import { byId, h } from './dom.js';
import { acrossPiece, findingsPiece, runPiece, tilesPiece, verdictButtons } from './overview.js';
import { renderScenarios } from './scenarios.js';
import { plural, thousands } from './wording.js';

const data = readSummary();
const source = { data, detail: createDetails(data) };
const list = h('div', { id: 'list' });
const shownText = h('span', { class: 'quiet', role: 'status' });
const verdicts = /** @type {Set<string>} */ (new Set(/** @type {string[]} */ ([])));
const search = h('input', {
  type: 'search',
  id: 'search',
  placeholder: 'Scenario, value, rule',
  autocomplete: 'off',
});

/** @param {number | null} [cell] The cell to open */
const render = (cell = null) => {
  const shown = renderScenarios(list, source, { query: search.value, verdicts, cell }, go);
  shownText.textContent = `${thousands(shown)} of ${plural(data.cells.length, 'cell')} shown`;
};

/**
 * Opens a cell, whatever the filter says, and brings it into view.
 *
 * @param {number} cell
 */
function go(cell) {
  if (data.cells[cell] === undefined) return;
  const there = document.getElementById(`cell-${cell}`);
  if (there instanceof HTMLDetailsElement) there.open = true;
  else render(cell);
  const details = document.getElementById(`cell-${cell}`);
  const box = details?.closest('details.scenario');
  if (box instanceof HTMLDetailsElement) box.open = true;
  details?.scrollIntoView({ block: 'start' });
  details?.querySelector('summary')?.focus({ preventScroll: true });
  history.replaceState(null, '', `#cell-${cell}`);
}

const goToHash = () => {
  const found = /^#cell-(\d+)$/.exec(location.hash)?.[1];
  if (found !== undefined) go(Number(found));
};

/** The reader's choice of a theme; without one the system's holds. */
const themeButton = () => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = () => (root.dataset['theme'] ?? (dark.matches ? 'dark' : 'light')) === 'dark';
  const button = h('button', { type: 'button', class: 'theme' });
  const label = () => {
    button.textContent = isDark() ? 'Light theme' : 'Dark theme';
  };
  button.addEventListener('click', () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    label();
  });
  dark.addEventListener('change', label);
  label();
  return button;
};

search.addEventListener('input', () => render());
byId('banner').querySelector('.page')?.append(themeButton());
byId('main').append(
  tilesPiece(data),
  runPiece(data),
  ...[findingsPiece(data, go)].filter((piece) => piece !== null),
  h(
    'section',
    { id: 'cells', tabindex: '-1' },
    h('h2', {}, 'Cells'),
    h(
      'div',
      { class: 'filter', role: 'search' },
      h('label', { for: 'search' }, 'Find'),
      search,
      h(
        'div',
        { class: 'choices', role: 'group', 'aria-label': 'Verdicts to show' },
        ...verdictButtons(data, (verdict, on) => {
          if (on) verdicts.add(verdict);
          else verdicts.delete(verdict);
          render();
        }),
      ),
      shownText,
    ),
    list,
  ),
  acrossPiece(data),
  h('footer', {}, `Bellwether ${data.report.version} · run ${data.report.run.id}`),
);
render();
addEventListener('hashchange', goToHash);
goToHash();
document.documentElement.dataset['ready'] = 'true';
