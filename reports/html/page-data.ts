import type { CellReport, RunReport } from '../model.ts';
import type { BreakdownRow, MessageOutcome, RuleOutcome } from '../../simulators/kernel/finding.ts';
import { unexercisedOf } from '../unexercised.ts';
import { caveatsOf, displayedText, figuresOf, ruleGroups, scenarioGroups } from '../figures.ts';
import {
  explainCommand,
  failsKnown,
  findingsOf,
  isKnown,
  protectionText,
  scenarioName,
  sumCounts,
} from '../wording.ts';
import type {
  PageBreakdownRow,
  PageCell,
  PageCellDetail,
  PageData,
  PageRule,
  QuietRule,
} from './page-model.ts';

const CELLS_PER_CHUNK = 25;
const FIRST_FINDINGS = 3;
/** Message rows over the whole page; each cell keeps some, and every failed one that is there. */
const MESSAGE_ROWS = 40_000;
const MIN_ROWS_PER_CELL = 8;
const MAX_ROWS_PER_CELL = 1_000;
/** Stands for the message in a cell's explain command. */
const MESSAGE_PLACE = '{message}';

const keyOf = ({ rule, level }: { rule: string; level: string }): string => `${level} ${rule}`;

const pageRules = (cells: readonly CellReport[]): PageRule[] => {
  const all = cells.flatMap(({ verdict }) => verdict.rules);
  return [...Map.groupBy(all, keyOf).values()]
    .flatMap((outcomes): PageRule[] => {
      const first = outcomes[0];
      if (first === undefined) return [];
      const sum = (pick: (outcome: RuleOutcome) => number): number =>
        outcomes.reduce((total, outcome) => total + pick(outcome), 0);
      return [
        {
          rule: first.rule,
          level: first.level,
          cells: outcomes.filter(({ judged }) => judged > 0).length,
          judged: sum(({ judged }) => judged),
          unjudged: sum(({ unjudged }) => unjudged),
          findings: sum(({ findings }) => findings.length),
        },
      ];
    })
    .toSorted((a, b) => b.findings - a.findings || (a.rule < b.rule ? -1 : 1));
};

/** A cell as its row and its field of the grid show it. */
export const pageCell = (cell: CellReport): PageCell => {
  const figures = figuresOf([cell]);
  const rulesOf = (must: boolean): string[] => {
    const own = findingsOf(cell).filter(
      (one) => (one.level === 'must' && !isKnown(cell, one)) === must,
    );
    return [...new Set(own.map(({ rule }) => rule))];
  };
  const failed = rulesOf(true);
  return {
    id: cell.id,
    scenario: scenarioName(cell),
    matrix: cell.matrix,
    seed: cell.seed,
    verdict: cell.verdict.verdict,
    worldCheck: cell.verdict.worldCheck,
    hypothetical: cell.hypothetical.length > 0,
    accepted: figures.accepted,
    displayed: figures.displayed,
    displayedOn: cell.verdict.counts.displayedOn,
    padlocked: cell.verdict.counts.padlocked ?? 0,
    fallbackJudged: figures.fallbackJudged,
    fallbackCorrect: figures.fallbackCorrect,
    p95Ms: figures.p95Ms,
    why:
      (cell.verdict.verdict === 'pass' && !failsKnown(cell)) || failed.length > 0
        ? null
        : cell.verdict.why,
    failed,
    noted: rulesOf(false),
  };
};

/** Histograms are for merging; report.json has them. */
const withoutHistogram = ({ latency, ...row }: BreakdownRow): PageBreakdownRow => {
  if (latency === null) return { ...row, latency };
  const { hdr: _hdr, ...figures } = latency;
  return { ...row, latency: figures };
};

/** The summary that the page reads when it opens. */
export const pageData = (report: RunReport): PageData => {
  const { cells, breakdown, ...rest } = report;
  const at = new Map(cells.map((cell, index) => [cell, index]));
  const counts = cells.map(({ verdict }) => verdict.counts);
  const figures = figuresOf(cells);
  const { accepted, displayed, fallbackJudged, fallbackCorrect } = figures;
  const { scans, canariesSeen, leaks } = figures;
  return {
    report: rest,
    breakdown: breakdown.map(withoutHistogram),
    scenarios: scenarioGroups(cells).map((group) => ({
      scenario: group.scenario,
      suite: group.suite,
      summary: group.summary,
      verdict: group.figures.verdict,
      cells: group.cells.map((cell) => at.get(cell) ?? 0),
    })),
    cells: cells.map(pageCell),
    rules: pageRules(cells),
    findings: ruleGroups(cells).map(({ rule, level, kind, known, findings }) => ({
      rule,
      level,
      kind,
      ...(known && { known }),
      count: findings.length,
      first: findings
        .slice(0, FIRST_FINDINGS)
        .map(({ finding, cell }) => ({ sentence: finding.sentence, cell: at.get(cell) ?? 0 })),
    })),
    across: {
      dispatched: sumCounts(counts.map(({ dispatched }) => dispatched)),
      displayedOn: sumCounts(counts.map(({ displayedOn }) => displayedOn)),
      confusion: sumCounts(counts.map(({ confusion }) => confusion)),
      accepted,
      displayed,
      displayedText: displayedText(figures),
      fallbackJudged,
      fallbackCorrect,
      scans,
      canariesSeen,
      leaks,
    },
    unexercised: unexercisedOf(report),
    caveats: [...caveatsOf(cells), ...report.notes],
    cellsPerChunk: CELLS_PER_CHUNK,
  };
};

const isQuiet = (outcome: RuleOutcome): boolean =>
  outcome.findings.length === 0 &&
  outcome.inconclusive === undefined &&
  outcome.ignored === undefined &&
  outcome.reason === undefined;

const keptMessages = (messages: readonly MessageOutcome[], rows: number): MessageOutcome[] =>
  messages.filter(({ rules }, index) => rules.length > 0 || index < rows);

/** The cells in chunks, each to be embedded by itself. */
export const pageChunks = function* (
  report: RunReport,
  rules: readonly PageRule[],
): Generator<readonly PageCellDetail[]> {
  const ruleAt = new Map(rules.map((rule, index) => [keyOf(rule), index]));
  const share = Math.floor(MESSAGE_ROWS / Math.max(1, report.cells.length));
  const rows = Math.max(MIN_ROWS_PER_CELL, Math.min(MAX_ROWS_PER_CELL, share));
  const detailOf = (cell: CellReport): PageCellDetail => {
    const { rules: outcomes, messages, latency, breakdown, ...verdict } = cell.verdict;
    const kept = keptMessages(messages, rows);
    return {
      ...cell,
      verdict: {
        ...verdict,
        messages: kept,
        breakdown: breakdown.map(withoutHistogram),
        latency: latency.map(({ hdr: _hdr, ...summary }) => summary),
      },
      loud: outcomes.filter((outcome) => !isQuiet(outcome)),
      quiet: outcomes
        .filter(isQuiet)
        .map((one): QuietRule => [ruleAt.get(keyOf(one)) ?? 0, one.judged, one.unjudged]),
      encryptedBy: protectionText([cell.verdict.counts.protection]),
      messagesLeftOut: messages.length - kept.length,
      explain: explainCommand(report, cell, MESSAGE_PLACE),
    };
  };
  for (let from = 0; from < report.cells.length; from += CELLS_PER_CHUNK) {
    yield report.cells.slice(from, from + CELLS_PER_CHUNK).map(detailOf);
  }
};
