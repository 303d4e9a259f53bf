import type { CellReport } from './model.ts';
import type { FaultOutcome, Finding } from '../simulators/kernel/finding.ts';
import type { Level, Verdict } from '../simulators/kernel/words.ts';
import { silentTexts } from './printed.ts';
import {
  findingsOf,
  isKnown,
  plural,
  protectionText,
  scenarioName,
  sumCounts,
  thousands,
  worstFirst,
} from './wording.ts';

/** What a row of a summary table says about one cell, or about all cells of a scenario. */
export interface Figures {
  readonly verdict: Verdict;
  /** No implementation took part in any of the cells. */
  readonly worldCheck: boolean;
  readonly messages: number;
  /** Messages that the implementation took; of a world check, all: nobody is there to take them. */
  readonly accepted: number;
  /** Messages that the implementation refused, and never took. */
  readonly refused: number;
  readonly displayed: number;
  readonly dispatched: Readonly<Record<string, number>>;
  /** By whose keys messages were encrypted, and who else could read them; empty: none were. */
  readonly protection: string;
  readonly scans: number;
  readonly canariesSeen: number;
  /** Findings of content seen by somebody who may not see it. */
  readonly leaks: number;
  readonly fallbackJudged: number;
  readonly fallbackCorrect: number;
  /** Things that rules judged. */
  readonly checks: number;
  /** The worst p95 of any traffic, ms; null where nothing was measured. */
  readonly p95Ms: number | null;
  /** By the fault's name; the floor is per cell, so is `missed`: how many cells stayed below it. */
  readonly faults: readonly FaultFigure[];
}

export interface FaultFigure {
  readonly name: string;
  readonly hits: number;
  readonly floor: string;
  readonly missed: number;
}

/** All cells of one scenario, in the order in which they came. */
export interface ScenarioGroup {
  /** With its suite: `gate/rcs-outage`. */
  readonly scenario: string;
  readonly suite: string;
  readonly summary: string;
  readonly cells: readonly CellReport[];
  readonly figures: Figures;
}

/** One rule's findings over the whole run, each with its cell. */
export interface RuleGroup {
  readonly rule: string;
  readonly level: Level;
  readonly kind: Finding['kind'];
  /** The register of known failures names them: they fail nothing. */
  readonly known: boolean;
  /** Rules that explain it in some cell. */
  readonly follows: readonly string[];
  readonly findings: readonly { readonly finding: Finding; readonly cell: CellReport }[];
}

const faultFigures = (faults: readonly FaultOutcome[]): FaultFigure[] => {
  const byName = Map.groupBy(faults, ({ name }) => name);
  return [...byName].map(([name, outcomes]) => ({
    name,
    hits: outcomes.reduce((sum, { hits }) => sum + hits, 0),
    floor: outcomes[0]?.floor ?? '',
    missed: outcomes.filter(({ reached, outside }) => !reached && outside !== true).length,
  }));
};

const worstP95 = (cells: readonly CellReport[]): number | null => {
  const measured = cells
    .flatMap(({ verdict }) => verdict.latency)
    .filter(({ channel, samples }) => channel === 'all' && samples > 0)
    .map(({ p95 }) => p95);
  return measured.length === 0 ? null : measured.reduce((a, b) => Math.max(a, b));
};

const dueIn = ({ worldCheck, counts }: CellReport['verdict']): number =>
  worldCheck ? counts.messages : counts.accepted;

const refusedIn = ({ worldCheck, counts }: CellReport['verdict']): number =>
  worldCheck ? 0 : (counts.refused ?? 0);

/**
 * `604 of 608 messages`; where some were not accepted, `5 of 5 accepted messages, 5 refused`: what
 * was refused could not be shown.
 */
export const displayedText = (figures: Figures): string => {
  const { displayed, accepted, messages, refused } = figures;
  const others = messages - accepted - refused;
  const rest = [
    ...(refused === 0 ? [] : [`${thousands(refused)} refused`]),
    ...(others <= 0 ? [] : [`${thousands(others)} neither accepted nor refused`]),
  ];
  // Nobody knows of what got no answer whether it was accepted: some of it may be shown.
  if (rest.length === 0 || displayed > accepted) {
    const all = `${thousands(displayed)} of ${plural(messages, 'message')}`;
    return rest.length === 0 ? all : [all, `${thousands(accepted)} accepted`, ...rest].join(', ');
  }
  const due = plural(accepted, 'accepted message');
  return [`${thousands(displayed)} of ${due}`, ...rest].join(', ');
};

/** Sums what the cells say; the verdict is the worst. Cells must not be empty. */
export const figuresOf = (cells: readonly CellReport[]): Figures => {
  const counts = cells.map(({ verdict }) => verdict.counts);
  const sum = (pick: (count: (typeof counts)[number]) => number): number =>
    counts.reduce((total, count) => total + pick(count), 0);
  const worst = worstFirst(cells.map(({ verdict }) => verdict))[0];
  return {
    verdict: worst?.verdict ?? 'not-applicable',
    worldCheck: cells.every(({ verdict }) => verdict.worldCheck),
    messages: sum(({ messages }) => messages),
    accepted: cells.reduce((total, { verdict }) => total + dueIn(verdict), 0),
    refused: cells.reduce((total, { verdict }) => total + refusedIn(verdict), 0),
    displayed: sum(({ displayed }) => displayed),
    dispatched: sumCounts(counts.map(({ dispatched }) => dispatched)),
    protection: protectionText(counts.map(({ protection }) => protection)),
    scans: sum(({ scans }) => scans),
    canariesSeen: sum(({ canariesSeen }) => canariesSeen),
    leaks: cells.flatMap(findingsOf).filter(({ rule }) => rule === 'e2ee/plaintext-exposed').length,
    fallbackJudged: sum(({ fallbackJudged }) => fallbackJudged),
    fallbackCorrect: sum(({ fallbackCorrect }) => fallbackCorrect),
    checks: cells
      .flatMap(({ verdict }) => verdict.rules)
      .reduce((total, { judged }) => total + judged, 0),
    p95Ms: worstP95(cells),
    faults: faultFigures(cells.flatMap(({ verdict }) => verdict.faults)),
  };
};

/** Scenarios in the order of their first cells. */
export const scenarioGroups = (cells: readonly CellReport[]): ScenarioGroup[] =>
  [...Map.groupBy(cells, scenarioName)].map(([scenario, own]) => ({
    scenario,
    suite: own[0]?.suite ?? '',
    summary: own[0]?.summary ?? '',
    cells: own,
    figures: figuresOf(own),
  }));

const levelOrder = { must: 0, should: 1, may: 2 } as const satisfies Record<Level, number>;

/** Rules whose findings in this cell explain those of this rule. */
const followsIn = ({ verdict }: CellReport, rule: string): readonly string[] =>
  verdict.rules.find((outcome) => outcome.rule === rule)?.follows ?? [];

/**
 * Findings by rule: what is known last, `must` before `should` before `may`, causes before what
 * follows from them, safety first, then by number.
 */
export const ruleGroups = (cells: readonly CellReport[]): RuleGroup[] => {
  const all = cells.flatMap((cell) => findingsOf(cell).map((finding) => ({ finding, cell })));
  const groupOf = ({ finding, cell }: (typeof all)[number]): string =>
    `${isKnown(cell, finding) ? 'known' : finding.level} ${finding.rule}`;
  return [...Map.groupBy(all, groupOf).values()]
    .flatMap((findings): RuleGroup[] => {
      const [one] = findings;
      if (one === undefined) return [];
      const { rule, level, kind } = one.finding;
      const known = isKnown(one.cell, one.finding);
      const follows = [...new Set(findings.flatMap(({ cell }) => followsIn(cell, rule)))];
      return [{ rule, level, kind, known, follows, findings: varied(findings) }];
    })
    .toSorted(
      (a, b) =>
        Number(a.known) - Number(b.known) ||
        levelOrder[a.level] - levelOrder[b.level] ||
        Number(a.follows.length > 0) - Number(b.follows.length > 0) ||
        Number(b.kind === 'safety') - Number(a.kind === 'safety') ||
        b.findings.length - a.findings.length ||
        (a.rule < b.rule ? -1 : 1),
    );
};

/** `left unjudged, since rcs was degraded: fallback/needless 6 of 37`, over all cells. */
const unjudgedTexts = (cells: readonly CellReport[]): string[] => {
  const outcomes = cells.flatMap(({ verdict }) => verdict.rules);
  const left = [...Map.groupBy(outcomes, ({ rule }) => rule)].flatMap(([rule, own]) => {
    const unjudged = own.reduce((sum, outcome) => sum + outcome.unjudged, 0);
    if (unjudged === 0) return [];
    const all = own.reduce((sum, { judged }) => sum + judged, unjudged);
    // A cell joins its reasons; the same one of several cells is told once.
    const reasons = [...new Set(own.flatMap(({ reason }) => reason?.split('; ') ?? []))];
    return [{ reason: reasons.join('; '), text: `${rule} ${unjudged} of ${all}` }];
  });
  return [...Map.groupBy(left, ({ reason }) => reason)].map(([reason, rules]) => {
    const why = reason === '' ? '' : `, since ${reason}`;
    return `left unjudged${why}: ${rules.map(({ text }) => text).join(', ')}`;
  });
};

/** The first finding of each scenario, then the second of each …: examples that differ. */
const varied = (findings: RuleGroup['findings']): RuleGroup['findings'] => {
  const byScenario = Map.groupBy(findings, ({ cell }) => scenarioName(cell));
  return [...byScenario.values()]
    .flatMap((own) => own.map((one, rank) => ({ one, rank })))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
};

/** They may have been meant so: whoever sends them knows, and is told how many came. */
const unrecognisedTexts = (cells: readonly CellReport[]): string[] => {
  const own = cells.flatMap((cell) => {
    const { unrecognised = 0 } = cell.verdict.counts;
    return unrecognised === 0 ? [] : [{ name: scenarioName(cell), unrecognised }];
  });
  const all = own.reduce((sum, { unrecognised }) => sum + unrecognised, 0);
  if (all === 0) return [];
  const where = [...new Set(own.map(({ name }) => name))].join(', ');
  const texts =
    all === 1 ? '1 text reached people and belongs' : `${all} texts reached people that belong`;
  return [
    `${texts} to no message of this plan, and no rule judges what such texts say: ` +
      `a notice on the way, or a message that went wrong? (${where})`,
  ];
};

/** One line however many they are: a line for each would bury the rest. */
const worldCheckTexts = (cells: readonly CellReport[]): string[] => {
  const checks = cells.filter(({ verdict }) => verdict.worldCheck);
  const names = [...new Set(checks.map(scenarioName))];
  const [only] = names;
  if (only === undefined) return [];
  return names.length === 1
    ? [`${only} is a world check: it says nothing about the implementation`]
    : [`world checks, which say nothing about the implementation: ${names.join(', ')}`];
};

/** Scenarios named with a reason why they were not run. */
const MOST_NAMED = 4;

/** One line for each reason, with the scenarios that it kept from being run. */
const notApplicableTexts = (cells: readonly CellReport[]): string[] => {
  const outside = cells.filter(({ verdict }) => verdict.verdict === 'not-applicable');
  return [...Map.groupBy(outside, ({ verdict }) => verdict.why)].map(([why, own]) => {
    const names = [...new Set(own.map(scenarioName))];
    const more = names.length > MOST_NAMED ? `, and ${names.length - MOST_NAMED} more` : '';
    const count = own.length > 1 ? `${own.length} cells: ` : '';
    return `not applicable: ${why} (${count}${names.slice(0, MOST_NAMED).join(', ')}${more})`;
  });
};

/**
 * What every report must print: relaxed policies, rules switched off, what no device offers yet,
 * what was left unjudged or belongs to nothing, and first of all that nothing was sent.
 */
export const caveatsOf = (cells: readonly CellReport[]): string[] => {
  const seen = new Map<string, number>();
  const add = (text: string): void => {
    seen.set(text, (seen.get(text) ?? 0) + 1);
  };
  for (const cell of cells) {
    // What was never run has nothing else to bear in mind.
    if (cell.verdict.verdict === 'not-applicable') continue;
    for (const what of cell.hypothetical) add(`hypothetical: ${what}`);
    for (const what of cell.relaxations) add(`policy "${cell.policy}" relaxed: ${what}`);
    for (const { rule, reason } of cell.ignored) {
      add(`${scenarioName(cell)} ignores ${rule}: ${reason}`);
    }
  }
  const caveats = [...seen].map(([text, count]) => (count > 1 ? `${text} (${count} cells)` : text));
  return [
    ...silentTexts(cells),
    ...unrecognisedTexts(cells),
    ...notApplicableTexts(cells),
    ...caveats,
    ...worldCheckTexts(cells),
    ...unjudgedTexts(cells),
  ];
};
