/** Cells folded into the run report that reporters get. */
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import type { Verdict } from '../../simulators/kernel/words.ts';
import { VERDICTS } from '../../simulators/kernel/words.ts';
import type { CellReport, RunFacts, RunReport } from '../../reports/model.ts';
import type { Description } from '../implementation/description.ts';
import { mergeBreakdowns, rulesNotClaimed } from '../judge/index.ts';
import type { KnownFailure } from '../verdict/index.ts';
import { foldRun, unmatchedFiles, unusedClaims } from '../verdict/index.ts';

export interface ReportOptions {
  readonly version: string;
  readonly run: RunFacts;
  readonly description: Description | undefined;
  /** How many cells were to be run. */
  readonly planned: number;
  /** Id of the honesty probe's cell, where there is one. */
  readonly probe: string | undefined;
  readonly cells: readonly CellReport[];
  readonly ruleNames: readonly string[];
  readonly knownFailures: readonly KnownFailure[];
}

const NO_CLAIMS = {
  channels: [],
  gateways: [],
  sms: [],
  push: [],
  callbacks: [],
  idempotency: false,
} as const;

function implementationOf(description: Description | undefined): RunReport['implementation'] {
  if (description === undefined) {
    return { name: 'none', version: '', role: 'none', start: 'none', claims: NO_CLAIMS };
  }
  const { doc, claims, start } = description;
  return { name: doc.implementation, version: doc.version, role: doc.role, start, claims };
}

function sum(cells: readonly CellReport[], count: (cell: CellReport) => number): number {
  return cells.reduce((total, cell) => total + count(cell), 0);
}

/** What only the whole run can tell, and what fails nothing. */
function notesOf(description: Description | undefined, verdicts: readonly CellVerdict[]): string[] {
  const unused = description === undefined ? [] : unusedClaims(description.claims, verdicts);
  const unmatched = unmatchedFiles(verdicts);
  const notes: string[] = [];
  if (unused.length > 0) {
    const named = unused.join(', ');
    notes.push(`claimed and never used in this run: ${named} (no certificate covers it)`);
  }
  if (unmatched.length > 0) {
    const named = unmatched.join(', ');
    notes.push(`evidence.files names what no file fitted in this run: ${named} (nothing was read)`);
  }
  return notes;
}

/** Without an implementation there is nobody whose claims a rule could wait for. */
function unexercisedRules(
  { description, ruleNames }: ReportOptions,
  exercised: ReadonlySet<string>,
): Pick<RunReport, 'rulesNotExercised' | 'rulesNotClaimed'> {
  const rulesNotExercised = ruleNames.filter((rule) => !exercised.has(rule));
  if (description === undefined) return { rulesNotExercised };
  const unclaimed = rulesNotClaimed(rulesNotExercised, description.claims);
  return {
    rulesNotExercised,
    ...(Object.keys(unclaimed).length > 0 && { rulesNotClaimed: unclaimed }),
  };
}

export function reportOf(options: ReportOptions): RunReport {
  const { cells, run } = options;
  const verdicts = cells.map(({ verdict }) => verdict);
  const folded = foldRun(verdicts, {
    plannedCells: options.planned,
    ...(options.probe !== undefined && { probe: options.probe }),
    knownFailures: options.knownFailures,
    today: run.began.slice(0, 10),
  });
  const exercised = new Set(
    verdicts.flatMap(({ rules }) =>
      rules.filter(({ judged }) => judged > 0).map(({ rule }) => rule),
    ),
  );
  const counts = Object.fromEntries(
    VERDICTS.map((word) => [word, verdicts.filter(({ verdict }) => verdict === word).length]),
  ) as Record<Verdict, number>;
  return {
    bellwetherReport: 1,
    version: options.version,
    run,
    implementation: implementationOf(options.description),
    verdict: folded.verdict,
    exitCode: folded.exitCode,
    why: folded.why,
    totals: {
      cells: counts,
      messages: sum(cells, ({ verdict }) => verdict.counts.messages),
      displayed: sum(cells, ({ verdict }) => verdict.counts.displayed),
      findings: sum(cells, ({ verdict }) =>
        verdict.rules.reduce((total, { findings }) => total + findings.length, 0),
      ),
      events: sum(cells, ({ verdict }) => verdict.counts.events),
    },
    breakdown: mergeBreakdowns(
      verdicts.filter(({ worldCheck }) => !worldCheck).map(({ breakdown }) => breakdown),
    ),
    cells,
    ...unexercisedRules(options, exercised),
    knownFailures: { used: folded.known, toPaste: folded.register },
    notes: notesOf(options.description, verdicts),
  };
}
