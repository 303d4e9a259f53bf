import { commandBox, h, lazyDetails } from './dom.js';
import { expectationPieces, faultPieces, latencyPieces, messagePieces } from './cell-figures.js';
import { blamePieces } from './blame.js';
import { breakdownTable } from './breakdown.js';
import { bars, confusionTable, facts, table, tag } from './pieces.js';
import { durationOf, eventsText, percentOf, plural, thousands } from './wording.js';

/** @typedef {import('../page-model.ts').PageData} PageData */
/** @typedef {import('../page-model.ts').PageCellDetail} PageCellDetail */
/** @typedef {import('../../../simulators/kernel/finding.ts').Finding} Finding */
/** @typedef {import('../../../simulators/kernel/finding.ts').RuleOutcome} RuleOutcome */

const FIRST_FINDINGS = 10;

/**
 * @param {Finding} finding
 * @param {PageCellDetail} cell
 */
const findingBox = (finding, cell) =>
  h(
    'li',
    { class: `finding level-${finding.level}` },
    h(
      'p',
      { class: 'rule' },
      h('code', {}, finding.rule),
      tag(finding.level),
      tag(finding.kind),
      finding.message === undefined ? null : tag(finding.message),
      finding.device === undefined ? null : tag(finding.device),
    ),
    h('p', { class: 'sentence' }, finding.sentence),
    facts([
      ['expected', finding.expected],
      ['seen', finding.seen],
      ['events', eventsText(finding.evidence) || '–'],
    ]),
    finding.message === undefined
      ? null
      : commandBox(
          'explain',
          cell.explain.replace('{message}', () => finding.message ?? ''),
        ),
  );

/**
 * What a reader should see first: what fails the run, and of that what is unsafe.
 *
 * @param {Finding} finding
 */
const weightOf = ({ level, kind }) => (level === 'must' ? 0 : 2) + (kind === 'safety' ? 0 : 1);

/** @param {PageCellDetail} cell */
const findingPieces = (cell) => {
  const findings = cell.loud
    .filter(({ ignored }) => ignored === undefined)
    .flatMap((outcome) => outcome.findings)
    .toSorted((a, b) => weightOf(a) - weightOf(b));
  if (findings.length === 0) return [];
  const list = h('ol', { class: 'findings' });
  list.append(...findings.slice(0, FIRST_FINDINGS).map((finding) => findingBox(finding, cell)));
  const rest = findings.slice(FIRST_FINDINGS);
  const more = h('button', { type: 'button' }, `Show ${plural(rest.length, 'more finding')}`);
  more.addEventListener('click', () => {
    list.append(...rest.map((finding) => findingBox(finding, cell)));
    more.remove();
  });
  return [h('h5', {}, plural(findings.length, 'finding')), list, rest.length > 0 && more];
};

/**
 * It looked at nothing, and says why: one line for all such rules is enough.
 *
 * @param {RuleOutcome} outcome
 */
const isUnasked = ({ judged, unjudged, findings, ignored, inconclusive, reason }) =>
  judged + unjudged + findings.length === 0 &&
  ignored === undefined &&
  inconclusive === undefined &&
  reason !== undefined;

/**
 * @param {PageCellDetail} cell
 * @param {PageData} data
 */
const rulePieces = (cell, data) => {
  const quiet = cell.quiet.map(([at, judged, unjudged]) => ({
    rule: data.rules[at]?.rule ?? '',
    level: data.rules[at]?.level ?? 'must',
    judged,
    unjudged,
  }));
  /** @param {RuleOutcome} outcome */
  const remark = (outcome) =>
    [
      outcome.ignored === undefined ? '' : `ignored: ${outcome.ignored}`,
      outcome.inconclusive === undefined ? '' : `inconclusive: ${outcome.inconclusive}`,
      outcome.reason ?? '',
    ]
      .filter((text) => text !== '')
      .join('; ');
  const spoken = cell.loud.filter((outcome) => !isUnasked(outcome));
  const unasked = cell.loud.filter(isUnasked);
  const exercised = quiet.filter(({ judged, unjudged }) => judged + unjudged > 0);
  const idle = quiet.filter(({ judged, unjudged }) => judged + unjudged === 0);
  return [
    table(
      'Rules that had something to judge',
      [
        { name: 'rule' },
        { name: 'level' },
        { name: 'judged', number: true },
        { name: 'unjudged', number: true },
        { name: 'findings', number: true },
        { name: '' },
      ],
      [
        ...spoken.map((outcome) => [
          outcome.rule,
          outcome.level,
          thousands(outcome.judged),
          thousands(outcome.unjudged),
          outcome.findings.length === 0
            ? '0'
            : h('span', { class: 'bad' }, thousands(outcome.findings.length)),
          remark(outcome),
        ]),
        ...exercised.map(({ rule, level, judged, unjudged }) => [
          rule,
          level,
          thousands(judged),
          thousands(unjudged),
          '0',
          '',
        ]),
      ],
    ),
    idle.length > 0 &&
      h(
        'p',
        { class: 'quiet' },
        `Not exercised here (${idle.length}): ${idle.map(({ rule }) => rule).join(', ')}.`,
      ),
    ...[...Map.groupBy(unasked, ({ reason }) => reason ?? '')].map(([reason, rules]) =>
      h(
        'p',
        { class: 'quiet' },
        `Not judged (${rules.length}), ${reason}: ${rules.map(({ rule }) => rule).join(', ')}.`,
      ),
    ),
  ];
};

/** @param {PageCellDetail} cell */
const observerPieces = ({ verdict, loud, encryptedBy }) => {
  const { counts } = verdict;
  const exposed = loud
    .filter(({ rule, ignored }) => rule === 'e2ee/plaintext-exposed' && ignored === undefined)
    .flatMap(({ findings }) => findings);
  return [
    facts([
      ['observers scanned', plural(counts.scans, 'time')],
      ['canaries seen', thousands(counts.canariesSeen)],
      ['encrypted by', encryptedBy || '–'],
      ['seen where they must not be', exposed.length === 0 ? 'none' : thousands(exposed.length)],
      ['not attributed to a message', thousands(counts.unattributed)],
    ]),
    exposed.length > 0 && h('ul', {}, ...exposed.slice(0, 5).map(({ seen }) => h('li', {}, seen))),
  ];
};

/** @param {PageCellDetail} cell */
const factPieces = (cell) => {
  const { counts, worldCheck } = cell.verdict;
  const due = worldCheck
    ? `of ${thousands(counts.messages)}`
    : `of ${thousands(counts.accepted)} accepted`;
  const rest = cell.wire === 'memory' ? 'virtual' : 'wall';
  return facts([
    ['displayed', `${thousands(counts.displayed)} ${due}`],
    ['on time', thousands(counts.onTime)],
    ['fall-backs correct', percentOf(counts.fallbackCorrect, counts.fallbackJudged)],
    ['lasted', `${durationOf(cell.lastedMicros / 1000)} ${rest}, ran ${durationOf(cell.wallMs)}`],
    ['wire', cell.wire],
    ['seed', String(cell.seed)],
    ['policy', cell.policy],
    ['events', thousands(counts.events)],
    ['clauses', cell.clauses.join(' · ') || '–', 'wide'],
  ]);
};

/** @param {PageCellDetail} cell */
const caveatPieces = (cell) => {
  const notes = [
    ...(cell.verdict.known?.failures ?? []).map(
      ({ rule, reason, owner, expiry }) =>
        `Known failure: ${rule}: ${reason} (${owner}, until ${expiry}).`,
    ),
    ...cell.hypothetical.map((what) => `Hypothetical: ${what}.`),
    ...cell.relaxations.map((what) => `Policy relaxed: ${what}.`),
    ...cell.ignored.map(({ rule, reason }) => `Ignores ${rule}: ${reason}.`),
    ...cell.verdict.notes,
  ];
  if (notes.length === 0) return [];
  return [h('ul', { class: 'notes' }, ...notes.map((note) => h('li', {}, note)))];
};

/**
 * Everything about one cell.
 *
 * @param {PageCellDetail} cell
 * @param {PageData} data
 */
export const cellPieces = (cell, data) => {
  /**
   * @param {string} title
   * @param {() => (import('./dom.js').Child | import('./dom.js').Child[])[]} body
   */
  const folded = (title, body) => lazyDetails({ summary: [title], class: 'fold' }, body).details;
  const ran = cell.verdict.counts.events > 0;
  return [
    h('p', { class: 'why' }, cell.verdict.why),
    ...caveatPieces(cell),
    ran && factPieces(cell),
    ...findingPieces(cell),
    ...blamePieces(cell.blame),
    ...expectationPieces(cell),
    ...faultPieces(cell),
    ran &&
      h(
        'div',
        { class: 'side' },
        !cell.verdict.worldCheck && bars('Dispatches per channel', cell.verdict.counts.dispatched),
        bars('Displays per channel', cell.verdict.counts.displayedOn),
      ),
    ran &&
      folded('Latency', () => [...latencyPieces(cell), breakdownTable(cell.verdict.breakdown)]),
    ran &&
      folded('Fall-backs', () => [
        confusionTable(cell.verdict.counts.confusion) ??
          h('p', { class: 'quiet' }, 'No fall-back was judged.'),
      ]),
    ran && folded('Observers and canaries', () => observerPieces(cell)),
    cell.loud.length + cell.quiet.length > 0 && folded('Rules', () => rulePieces(cell, data)),
    ran && folded('Messages', () => messagePieces(cell)),
    commandBox('replay', cell.replay),
    cell.history !== null && h('p', { class: 'quiet' }, 'History: ', h('code', {}, cell.history)),
    cell.output !== undefined &&
      h('p', { class: 'quiet' }, 'What the program printed: ', h('code', {}, cell.output)),
  ];
};
