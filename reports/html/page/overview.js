import { breakdownTable } from './breakdown.js';
import { h, lazyDetails } from './dom.js';
import { verdictWords } from './filter.js';
import { badge, bars, confusionTable, facts, table, tag } from './pieces.js';
import { durationOf, implementationFacts, percentOf, plural, thousands } from './wording.js';

/** @typedef {import('../page-model.ts').PageData} PageData */

/**
 * @param {string} label
 * @param {string} value
 * @param {string} [remark]
 * @param {boolean} [bad]
 */
const tile = (label, value, remark, bad = false) =>
  h(
    'div',
    { class: bad ? 'tile is-bad' : 'tile' },
    h('span', { class: 'label' }, label),
    h('b', {}, value),
    remark === undefined ? null : h('span', { class: 'quiet' }, remark),
  );

/** @param {PageData} data */
export const tilesPiece = ({ across, findings }) => {
  const musts = findings
    .filter(({ level }) => level === 'must')
    .reduce((sum, { count }) => sum + count, 0);
  const others = findings.reduce((sum, { count }) => sum + count, 0) - musts;
  const share = percentOf(across.fallbackCorrect, across.fallbackJudged);
  return h(
    'section',
    { class: 'tiles', 'aria-label': 'Totals' },
    tile(
      'messages displayed',
      across.displayed > across.accepted
        ? thousands(across.displayed)
        : percentOf(across.displayed, across.accepted),
      across.displayedText,
    ),
    tile(
      'fall-backs correct',
      share,
      `${thousands(across.fallbackJudged)} judged`,
      across.fallbackCorrect < across.fallbackJudged,
    ),
    tile(
      'content exposed',
      across.leaks === 0 ? 'never' : plural(across.leaks, 'time'),
      plural(across.scans, 'scan'),
      across.leaks > 0,
    ),
    tile(
      'findings',
      thousands(musts),
      others === 0 ? 'of must rules' : `of must rules; ${thousands(others)} of others`,
      musts > 0,
    ),
  );
};

/** @param {PageData} data */
export const runPiece = ({ report }) => {
  const { run, implementation } = report;
  const { claims } = implementation;
  const claimed = [...claims.channels, ...claims.gateways, ...claims.sms, ...claims.push];
  return lazyDetails({ summary: ['About this run'], class: 'fold about' }, () => [
    facts([
      ['run', run.id],
      ['began', run.began],
      ['took', durationOf(run.wallMs)],
      ['command', h('code', {}, run.command), 'wide'],
      ['plan', h('code', {}, run.planHash), 'wide'],
      ['Bellwether', `${report.version}, Node ${run.node}`],
      ['implementation', implementationFacts(implementation)],
      ['claims', claimed.join(', ') || '–'],
      ['exit code', String(report.exitCode)],
    ]),
  ]).details;
};

/**
 * @param {PageData} data
 * @param {(cell: number) => void} go
 */
export const findingsPiece = ({ findings, cells }, go) => {
  if (findings.length === 0) return null;
  return h(
    'section',
    {},
    h('h2', {}, 'What was found'),
    ...findings.map(({ rule, level, kind, known, count, first }) =>
      h(
        'article',
        { class: `found level-${level}` },
        h(
          'h3',
          {},
          h('code', {}, rule),
          tag(plural(count, 'finding')),
          tag(kind),
          tag(
            level === 'must' && known !== true
              ? 'must'
              : `${known === true ? 'known' : level}: does not fail the run`,
          ),
        ),
        h(
          'ul',
          {},
          ...first.map(({ sentence, cell }) => {
            const where = `in ${cells[cell]?.scenario ?? 'its cell'}`;
            const link = h('a', { href: `#cell-${cell}` }, where);
            link.setAttribute('aria-label', `${sentence} Show it ${where}`);
            link.addEventListener('click', (event) => {
              event.preventDefault();
              go(cell);
            });
            return h('li', {}, sentence, ' ', link);
          }),
          count > first.length &&
            h('li', { class: 'quiet' }, `and ${thousands(count - first.length)} more`),
        ),
      ),
    ),
  );
};

/** @param {PageData} data */
export const acrossPiece = ({ across, breakdown, rules, report, unexercised, caveats }) => {
  const number = true;
  const exercised = rules.filter(({ judged, unjudged }) => judged + unjudged > 0);
  return h(
    'section',
    {},
    h('h2', {}, 'Over the whole run'),
    h(
      'div',
      { class: 'side' },
      Object.keys(across.dispatched).length > 0 &&
        bars('Dispatches per channel', across.dispatched),
      bars('Displays per channel', across.displayedOn),
    ),
    confusionTable(across.confusion),
    breakdownTable(breakdown),
    lazyDetails({ summary: [`Rules (${exercised.length} exercised)`], class: 'fold' }, () => [
      table(
        'Rules over all cells',
        [
          { name: 'rule' },
          { name: 'level' },
          { name: 'cells', number },
          { name: 'judged', number },
          { name: 'unjudged', number },
          { name: 'findings', number },
        ],
        exercised.map((one) => [
          one.rule,
          one.level,
          ...[one.cells, one.judged, one.unjudged].map(thousands),
          one.findings === 0 ? '0' : h('span', { class: 'bad' }, thousands(one.findings)),
        ]),
      ),
      unexercised.count > 0 &&
        h(
          'p',
          {},
          `Not exercised (${unexercised.count}): `,
          [unexercised.listed.join(', '), unexercised.unclaimed].filter(Boolean).join('; '),
          '.',
        ),
    ]).details,
    caveats.length > 0 && h('h3', {}, 'To bear in mind'),
    caveats.length > 0 && h('ul', { class: 'notes' }, ...caveats.map((text) => h('li', {}, text))),
    report.knownFailures.used.length > 0 && h('h3', {}, 'Known failures used'),
    report.knownFailures.used.length > 0 &&
      h('ul', {}, ...report.knownFailures.used.map((text) => h('li', {}, text))),
  );
};

/**
 * Buttons that choose verdicts, with how many cells have each.
 *
 * @param {PageData} data
 * @param {(verdict: string, on: boolean) => void} choose
 */
export const verdictButtons = ({ report }, choose) =>
  verdictWords
    .filter((word) => report.totals.cells[word] > 0)
    .map((word) => {
      const button = h(
        'button',
        { type: 'button', class: 'choice', 'aria-pressed': 'false' },
        badge(word),
        ` ${thousands(report.totals.cells[word])}`,
      );
      button.addEventListener('click', () => {
        const on = button.getAttribute('aria-pressed') !== 'true';
        button.setAttribute('aria-pressed', String(on));
        choose(word, on);
      });
      return button;
    });
