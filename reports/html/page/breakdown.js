import { h } from './dom.js';
import { table } from './pieces.js';
import { durationOf, percentOf, thousands } from './wording.js';

/** @typedef {import('../page-model.ts').PageBreakdownRow} PageBreakdownRow */

/** What a group is called in the table. */
const titles = {
  channel: 'displayed on',
  platform: 'platform',
  os: 'OS version',
  carrier: 'carrier',
  region: 'region',
  e2ee: 'end-to-end encryption',
  class: 'sensitivity',
};

/**
 * Delivery and latency by what the people have; a dimension in which all are the same tells
 * nothing and is left out.
 *
 * @param {readonly PageBreakdownRow[]} rows
 */
export const breakdownTable = (rows) => {
  const telling = [...Map.groupBy(rows, ({ by }) => by).values()].filter((own) => own.length > 1);
  if (telling.length === 0) return null;
  const number = true;
  return table(
    'Delivery and latency by what the people have',
    [
      { name: 'group', long: true },
      { name: 'messages', number },
      { name: 'displayed', number },
      { name: 'on time', number },
      ...['p50', 'p95', 'p99', 'max'].map((name) => ({ name, number })),
    ],
    telling
      .flat()
      .map(({ by, value, messages, displayed, onTime, latency }) => [
        h('span', {}, h('span', { class: 'quiet' }, `${titles[by]} `), value),
        thousands(messages),
        displayed < messages
          ? h('span', { class: by === 'channel' ? 'quiet' : 'bad' }, thousands(displayed))
          : thousands(displayed),
        percentOf(onTime, messages),
        ...(latency === null
          ? ['–', '–', '–', '–']
          : [latency.p50, latency.p95, latency.p99, latency.max].map(durationOf)),
      ]),
  );
};
