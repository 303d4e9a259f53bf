/**
 * What the one-file report embeds: a light summary of every cell, read when the page opens, and the
 * cells themselves in chunks, parsed when somebody opens one of them.
 */
import type { CellReport, RunReport } from '../model.ts';
import type { Unexercised } from '../unexercised.ts';
import type { BreakdownRow, CellVerdict, RuleOutcome } from '../../simulators/kernel/finding.ts';
import type { Channel, Level, Verdict } from '../../simulators/kernel/words.ts';

export interface PageData {
  readonly report: Omit<RunReport, 'cells' | 'breakdown'>;
  readonly breakdown: readonly PageBreakdownRow[];
  readonly scenarios: readonly PageScenario[];
  readonly cells: readonly PageCell[];
  readonly rules: readonly PageRule[];
  /** Findings grouped by rule, worst first; at most a few of each rule, and how many there are. */
  readonly findings: readonly PageRuleFindings[];
  readonly across: {
    readonly dispatched: Readonly<Record<string, number>>;
    readonly displayedOn: Readonly<Record<string, number>>;
    readonly confusion: Readonly<Record<string, number>>;
    readonly accepted: number;
    readonly displayed: number;
    /** How many of which messages were displayed, in words. */
    readonly displayedText: string;
    readonly fallbackJudged: number;
    readonly fallbackCorrect: number;
    readonly scans: number;
    readonly canariesSeen: number;
    readonly leaks: number;
  };
  readonly unexercised: Unexercised;
  readonly caveats: readonly string[];
  readonly cellsPerChunk: number;
}

/** A group of people or messages, without its histogram. */
export interface PageBreakdownRow extends Omit<BreakdownRow, 'latency'> {
  readonly latency: Omit<NonNullable<BreakdownRow['latency']>, 'hdr'> | null;
}

export interface PageScenario {
  readonly scenario: string;
  readonly suite: string;
  readonly summary: string;
  readonly verdict: Verdict;
  /** Indices into `cells`. */
  readonly cells: readonly number[];
}

/** A cell as its row shows it and as the filter sees it. */
export interface PageCell {
  readonly id: string;
  readonly scenario: string;
  readonly matrix: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly worldCheck: boolean;
  readonly hypothetical: boolean;
  readonly accepted: number;
  readonly displayed: number;
  /** Messages by the channel that put them before the person first. */
  readonly displayedOn: Readonly<Partial<Record<Channel, number>>>;
  /** Of these, shown with a padlock. */
  readonly padlocked: number;
  readonly fallbackJudged: number;
  readonly fallbackCorrect: number;
  readonly p95Ms: number | null;
  /** Where neither findings nor a pass explain the verdict. */
  readonly why: string | null;
  /** Rules with findings that fail the run, and those whose findings do not. */
  readonly failed: readonly string[];
  readonly noted: readonly string[];
}

/** One rule over the whole run. */
export interface PageRule {
  readonly rule: string;
  readonly level: Level;
  readonly cells: number;
  readonly judged: number;
  readonly unjudged: number;
  readonly findings: number;
}

export interface PageRuleFindings {
  readonly rule: string;
  readonly level: Level;
  readonly kind: 'safety' | 'liveness';
  /** The register of known failures names them. */
  readonly known?: true;
  readonly count: number;
  readonly first: readonly { readonly sentence: string; readonly cell: number }[];
}

/** A rule that has nothing to tell: index into `PageData.rules`, judged, unjudged. */
export type QuietRule = readonly [rule: number, judged: number, unjudged: number];

/** A whole cell, as it stands in its chunk. */
export interface PageCellDetail extends Omit<CellReport, 'verdict'> {
  readonly verdict: Omit<CellVerdict, 'rules' | 'breakdown'> & {
    readonly breakdown: readonly PageBreakdownRow[];
  };
  /** Rules with findings, reasons or distrust. */
  readonly loud: readonly RuleOutcome[];
  readonly quiet: readonly QuietRule[];
  /** By whose keys messages were encrypted, and who else could read them; empty: none were. */
  readonly encryptedBy: string;
  /** Messages of the report that the page does not carry. */
  readonly messagesLeftOut: number;
  /** The command that tells a message's story, with `{message}` in the message's place. */
  readonly explain: string;
}
