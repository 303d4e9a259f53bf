/**
 * What every reporter gets: the run report, owned by its readers. It is made of verdict data only;
 * a reporter cannot change a verdict. Versioned: `bellwetherReport` goes up when a field changes
 * its meaning or goes away. The JSON reporter writes exactly this (schema: report.schema.json).
 */
import type { Blame } from '../simulators/kernel/blame.ts';
import type { BreakdownRow, CellVerdict } from '../simulators/kernel/finding.ts';
import type { Claims, EventKind } from '../simulators/kernel/events.ts';
import type { Verdict } from '../simulators/kernel/words.ts';

export interface RunReport {
  readonly bellwetherReport: 1;
  /** The version of Bellwether. */
  readonly version: string;
  readonly run: RunFacts;
  readonly implementation: {
    readonly name: string;
    readonly version: string;
    readonly role: string;
    readonly start: string;
    readonly claims: Claims;
  };
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** One sentence for a release manager. */
  readonly why: string;
  readonly totals: RunTotals;
  /** Delivery and latency by what the people have, over all cells but world checks. */
  readonly breakdown: readonly BreakdownRow[];
  readonly cells: readonly CellReport[];
  /** Rules of the registry that no cell exercised. */
  readonly rulesNotExercised: readonly string[];
  /**
   * Of these, those about what the implementation does not claim, by what that is: `rcs-e2ee`,
   * `push`, `callbacks`. Absent: none are.
   */
  readonly rulesNotClaimed?: Readonly<Record<string, readonly string[]>>;
  /** Known failures that were used, and findings ready to paste as such. */
  readonly knownFailures: { readonly used: readonly string[]; readonly toPaste: readonly string[] };
  readonly notes: readonly string[];
}

export interface RunFacts {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly began: string;
  readonly wallMs: number;
  readonly planHash: string;
  /** As typed, for a copyable replay. */
  readonly command: string;
  readonly node: string;
  /** Relative to the working directory. */
  readonly folder: string;
}

export interface RunTotals {
  readonly cells: Readonly<Record<Verdict, number>>;
  readonly messages: number;
  readonly displayed: number;
  readonly findings: number;
  readonly events: number;
}

export interface CellReport {
  readonly id: string;
  readonly suite: string;
  readonly scenario: string;
  readonly summary: string;
  readonly clauses: readonly string[];
  readonly tags: readonly string[];
  readonly matrix: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly hypothetical: readonly string[];
  readonly policy: string;
  readonly relaxations: readonly string[];
  readonly ignored: readonly { readonly rule: string; readonly reason: string }[];
  readonly wire: 'memory' | 'sockets';
  readonly wallMs: number;
  /** Of the cell's own clock. */
  readonly lastedMicros: number;
  /** Relative to the run's folder. */
  readonly history: string | null;
  /** Relative to the run's folder; absent: it printed nothing (a module: past its log). */
  readonly output?: string;
  readonly replay: string;
  readonly verdict: CellVerdict;
  /** Where the cell failed and was played again with the reference. */
  readonly blame?: Blame;
}

/** Live progress, told while a run goes on. */
export interface Progress {
  readonly cellsDone: number;
  readonly cells: number;
  /** The cell that moved, its scenario and what its own clock says. */
  readonly cell: string;
  readonly micros: number;
  readonly endsAtMicros: number;
  readonly phase: 'starting' | 'main' | 'heal' | 'final' | 'judging';
  readonly messages: number;
  readonly displayed: number;
  /** Wall time since the run began; without it no time left is shown. Reporters have no clock. */
  readonly wallMs?: number;
}

/**
 * One line of a message's story (`bellwether explain RUN MESSAGE`): events in time order, then the
 * judgements. The judges write it.
 */
export interface StoryLine {
  /** µs since the cell began. */
  readonly atMicros: number;
  /** The event it was read from; 0 for a judgement. */
  readonly seq: number;
  readonly kind: EventKind | 'judged';
  readonly text: string;
  /** Of a finding: the events that prove it, in order. */
  readonly evidence?: readonly number[];
}

/**
 * Order: begin → progress* and cell* (as each ends) → end. All hooks are optional. A reporter that
 * throws is reported and left out; it never hurts the run or the others.
 */
export interface Reporter {
  begin?(facts: {
    readonly cells: number;
    readonly implementation: string;
    readonly run: RunFacts;
  }): void;
  progress?(progress: Progress): void;
  cell?(cell: CellReport): void;
  end?(report: RunReport): void;
}

/** Where a reporter may write. */
export interface ReporterOutput {
  readonly stdout: { write(text: string): void; readonly isTTY: boolean; readonly columns: number };
  /** Absolute folder of the run. */
  readonly folder: string;
  /** In the run's folder. Chunks, because a large report is longer than a string may be. */
  writeFile(name: string, text: string | Iterable<string>): void;
  readonly colors: boolean;
  readonly ci: boolean;
  /** Files that this run's reporters write, so that one of them can point to the others. */
  readonly files?: readonly string[];
}

export interface ReporterEntry {
  readonly name: string;
  readonly doc: string;
  /** What it writes into the run's folder; null where it only prints. */
  readonly file: string | null;
  create(output: ReporterOutput): Reporter;
}
