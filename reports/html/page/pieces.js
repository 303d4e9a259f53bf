import { h } from './dom.js';
import { percentOf, thousands } from './wording.js';

/** @typedef {import('./dom.js').Child} Child */

/** @type {Readonly<Record<string, string>>} */
const signs = { fail: '✕', error: '!', inconclusive: '?', pass: '✓', 'not-applicable': '–' };

/**
 * A verdict as a sign and a word; the colour only repeats them.
 *
 * @param {string} verdict
 */
export const badge = (verdict) =>
  h(
    'span',
    { class: `badge verdict-${verdict}` },
    h('span', { 'aria-hidden': 'true' }, `${signs[verdict] ?? '·'} `),
    verdict,
  );

/** @param {Child[]} children */
export const tag = (...children) => h('span', { class: 'tag' }, ...children);

/**
 * What is wide scrolls by itself where the page is narrow; its caption stays in view.
 *
 * @param {string} caption
 * @param {HTMLElement} wide
 */
export const captioned = (caption, wide) =>
  h(
    'figure',
    {},
    h('figcaption', {}, caption),
    h('div', { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' }, wide),
  );

/**
 * A table that scrolls by itself where the page is narrow.
 *
 * @param {string} caption
 * @param {readonly { name: string, number?: boolean, long?: boolean }[]} columns
 * @param {readonly (readonly Child[])[]} rows
 */
export const table = (caption, columns, rows) => {
  /** @param {number} at */
  const kind = (at) => {
    if (columns[at]?.number === true) return 'number';
    return columns[at]?.long === true ? 'long' : undefined;
  };
  return captioned(
    caption,
    h(
      'table',
      { 'aria-label': caption },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...columns.map(({ name }, at) => h('th', { scope: 'col', class: kind(at) }, name)),
        ),
      ),
      h(
        'tbody',
        {},
        ...rows.map((row) =>
          h(
            'tr',
            {},
            ...row.map((child, at) =>
              at === 0
                ? h('th', { scope: 'row', class: kind(at) }, child)
                : h('td', { class: kind(at) }, child),
            ),
          ),
        ),
      ),
    ),
  );
};

/**
 * Counts as bars with their figures.
 *
 * @param {string} caption
 * @param {Readonly<Partial<Record<string, number>>>} counts
 */
export const bars = (caption, counts) => {
  const entries = Object.entries(counts)
    .map(([name, count]) => ({ name, count: count ?? 0 }))
    .toSorted((a, b) => b.count - a.count);
  const most = Math.max(1, ...entries.map(({ count }) => count));
  if (entries.length === 0) return h('p', { class: 'quiet' }, `${caption}: none.`);
  return h(
    'figure',
    { class: 'bars' },
    h('figcaption', {}, caption),
    h(
      'dl',
      {},
      ...entries.map(({ name, count }) => {
        const bar = h('span', { class: 'bar' });
        bar.style.width = `${(count / most) * 100}%`;
        return h(
          'div',
          {},
          h('dt', {}, name),
          h('dd', {}, h('span', { class: 'track' }, bar), h('b', {}, thousands(count))),
        );
      }),
    ),
  );
};

/** In the report's pairs: no channel. */
const NO_CHANNEL = 'none';

/**
 * Best allowed channel at the time (rows) against the channel used (columns).
 *
 * @param {Readonly<Record<string, number>>} confusion Keys `rcs-e2ee → sms`
 */
export const confusionTable = (confusion) => {
  const pairs = Object.entries(confusion).map(([key, count]) => {
    const [best = '', used = ''] = key.split(' → ');
    return { best, used, count };
  });
  if (pairs.length === 0) return null;
  const used = [...new Set(pairs.map((pair) => pair.used))];
  const best = [...new Set(pairs.map((pair) => pair.best))];
  const all = pairs.reduce((sum, { count }) => sum + count, 0);
  return table(
    'Fall-backs: the best allowed channel at the time (rows) against the channel used (columns)',
    [{ name: 'best ↓ used →' }, ...used.map((name) => ({ name, number: true }))],
    best.map((row) => [
      row === NO_CHANNEL ? 'none was up' : row,
      ...used.map((column) => {
        const pair = pairs.find((one) => one.best === row && one.used === column);
        if (pair === undefined) return h('span', { class: 'quiet' }, '·');
        const share = percentOf(pair.count, all);
        // It may be a better one that came back meanwhile; where none was up, any is right.
        const another = row !== column && row !== NO_CHANNEL;
        return h(
          'span',
          { class: another ? 'other' : 'same' },
          `${thousands(pair.count)} `,
          h('span', { class: 'quiet' }, `(${share}${another ? ', another' : ''})`),
        );
      }),
    ]),
  );
};

/**
 * Labels with what belongs to them; `wide` takes a row to itself.
 *
 * @param {readonly (readonly [string, Child] | readonly [string, Child, 'wide'])[]} entries
 */
export const facts = (entries) =>
  h(
    'dl',
    { class: 'facts' },
    ...entries.map(([label, value, width]) =>
      h('div', { class: width }, h('dt', {}, label), h('dd', {}, value)),
    ),
  );
