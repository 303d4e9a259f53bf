import { h } from './dom.js';
import { badge, table } from './pieces.js';
import { durationOf, plural, protectionWords, thousands } from './wording.js';

/** @typedef {import('../page-model.ts').PageCellDetail} PageCellDetail */
/** @typedef {import('../../../simulators/kernel/finding.ts').FaultOutcome} FaultOutcome */
/** @typedef {import('../../../simulators/kernel/finding.ts').LatencySummary} LatencySummary */
/** @typedef {import('../../../simulators/kernel/finding.ts').MessageOutcome} MessageOutcome */

const FIRST_MESSAGES = 50;

/** Parts that have a colour of their own; others share the last. */
const partColours = ['accept', 'decide', 'gateway', 'carrier', 'push', 'device'];

/**
 * The traffic that a summary is of, with the channel where it used several.
 *
 * @param {LatencySummary} summary
 */
const measured = ({ of, channel }) =>
  channel === 'all' || of.endsWith(` on ${channel}`) ? of : `${of} on ${channel}`;

/**
 * The mean of each part as one stacked bar, with its figures written beside it.
 *
 * @param {LatencySummary} summary
 */
const partsBar = (summary) => {
  const parts = Object.entries(summary.parts).filter(([, ms]) => ms > 0);
  const whole = parts.reduce((sum, [, ms]) => sum + ms, 0);
  if (whole === 0) return null;
  return h(
    'figure',
    { class: 'parts' },
    h('figcaption', {}, `Where the mean of ${measured(summary)} goes: ${durationOf(whole)}`),
    h(
      'div',
      { class: 'stack', 'aria-hidden': 'true' },
      ...parts.map(([part, ms]) => {
        const piece = h('span', {
          class: `part part-${partColours.includes(part) ? part : 'other'}`,
          title: `${part} ${durationOf(ms)}`,
        });
        piece.style.flexGrow = String(ms);
        return piece;
      }),
    ),
    h(
      'ul',
      { class: 'legend' },
      ...parts.map(([part, ms]) =>
        h(
          'li',
          {},
          h('span', { class: `dot part-${partColours.includes(part) ? part : 'other'}` }),
          `${part} `,
          h('b', {}, durationOf(ms)),
        ),
      ),
    ),
  );
};

/** @param {PageCellDetail} cell */
export const latencyPieces = ({ verdict }) => {
  const { latency } = verdict;
  if (latency.length === 0) return [h('p', { class: 'quiet' }, 'Nothing was measured.')];
  const number = true;
  return [
    table(
      'Latency from the intended submission to the display',
      [
        { name: 'of', long: true },
        { name: 'samples', number },
        ...['p50', 'p90', 'p95', 'p99', 'p99.9', 'max'].map((name) => ({ name, number })),
      ],
      latency.map((one) => [
        measured(one),
        thousands(one.samples),
        ...[one.p50, one.p90, one.p95, one.p99, one.p999, one.max].map(durationOf),
      ]),
    ),
    ...latency.map(partsBar),
  ];
};

/** @param {MessageOutcome} message */
const shownBy = ({ displayedOn, protection }) => {
  if (displayedOn === null) return h('span', { class: 'bad' }, 'not displayed');
  return protection === undefined ? displayedOn : `${displayedOn}, ${protectionWords[protection]}`;
};

/** @param {MessageOutcome} message */
const messageRow = (message) => [
  h('span', {}, message.message),
  message.person,
  message.sensitivity,
  message.tried.join(' → ') || '–',
  shownBy(message),
  message.readableFor?.join(', ') ?? 'nobody',
  message.latencyMicros === null ? '–' : durationOf(message.latencyMicros / 1000),
  message.status ?? '–',
  message.rules.length === 0 ? '' : h('span', { class: 'bad' }, message.rules.join(', ')),
];

/**
 * The messages, those with findings first as the report has them; more on demand.
 *
 * @param {PageCellDetail} cell
 */
export const messagePieces = ({ verdict, messagesLeftOut }) => {
  const { messages } = verdict;
  if (messages.length === 0) return [h('p', { class: 'quiet' }, 'No message was sent.')];
  const box = h('div');
  /** @param {number} shown */
  const show = (shown) => {
    const rest = messages.length - shown;
    const more = h('button', { type: 'button' }, `Show ${thousands(rest)} more`);
    more.addEventListener('click', () => show(messages.length));
    box.replaceChildren(
      table(
        'Messages, those with findings first',
        [
          { name: 'message' },
          { name: 'to' },
          { name: 'class' },
          { name: 'tried' },
          { name: 'displayed on' },
          { name: 'readable for' },
          { name: 'after', number: true },
          { name: 'status told' },
          { name: 'findings' },
        ],
        messages.slice(0, shown).map(messageRow),
      ),
      ...(rest > 0 ? [more] : []),
    );
  };
  show(Math.min(FIRST_MESSAGES, messages.length));
  const total = verdict.counts.messages - messages.length;
  if (messagesLeftOut === 0 && total <= 0) return [box];
  const sent = plural(verdict.counts.messages, 'message');
  const note = `${thousands(messages.length)} of ${sent} stand here.`;
  return [box, h('p', { class: 'quiet' }, note)];
};

/** @param {FaultOutcome} fault */
const floorWord = ({ reached, outside }) => {
  if (reached) return 'reached';
  return outside ? 'on nothing that is claimed' : h('span', { class: 'bad' }, 'not reached');
};

/** @param {PageCellDetail} cell */
export const faultPieces = ({ verdict }) =>
  verdict.faults.length === 0
    ? []
    : [
        table(
          'Faults and their evidence floors',
          [
            { name: 'fault' },
            { name: 'what' },
            { name: 'target' },
            { name: 'hits', number: true },
            { name: 'floor' },
            { name: '' },
          ],
          verdict.faults.map((fault) => [
            fault.name,
            fault.entry,
            fault.target,
            thousands(fault.hits),
            fault.floor,
            floorWord(fault),
          ]),
        ),
      ];

/** @param {string} outcome */
const unsettled = (outcome) => h('span', { class: 'badge verdict-inconclusive' }, outcome);

/** @param {PageCellDetail} cell */
export const expectationPieces = ({ verdict }) =>
  verdict.expectations.length === 0
    ? []
    : [
        table(
          'Expectations of the scenario',
          [{ name: 'expectation', long: true }, { name: 'outcome' }, { name: 'seen', long: true }],
          verdict.expectations.map(({ text, outcome, seen }) => [
            text,
            outcome === 'failed' ? badge('fail') : outcome === 'held' ? 'held' : unsettled(outcome),
            seen,
          ]),
        ),
      ];
