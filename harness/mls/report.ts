/** Cells of a stack folded into the run report that reporters get. */
import type { CellReport, RunFacts, RunReport } from '../../reports/model.ts';
import type { Verdict } from '../../simulators/kernel/words.ts';
import { VERDICTS } from '../../simulators/kernel/words.ts';
import { foldRun } from '../verdict/index.ts';
import { STACK_RULES } from './rules.ts';

export interface StackReportOptions {
  readonly version: string;
  readonly run: RunFacts;
  readonly name: string;
  readonly stackVersion: string;
  readonly start: string;
  readonly planned: number;
  readonly cells: readonly CellReport[];
}

export function stackReport(options: StackReportOptions): RunReport {
  const { version, run, name, stackVersion, start, cells, planned } = options;
  const verdicts = cells.map(({ verdict }) => verdict);
  const folded = foldRun(verdicts, { plannedCells: planned });
  const exercised = new Set(
    verdicts
      .flatMap(({ rules }) => rules.filter(({ judged }) => judged > 0))
      .map(({ rule }) => rule),
  );
  const count = (word: Verdict): number =>
    verdicts.filter(({ verdict }) => verdict === word).length;
  return {
    bellwetherReport: 1,
    version,
    run,
    implementation: {
      name,
      version: stackVersion,
      role: 'mls-client',
      start,
      claims: { channels: [], gateways: [], sms: [], push: [], callbacks: [], idempotency: false },
    },
    verdict: folded.verdict,
    exitCode: folded.exitCode,
    why: folded.why,
    totals: {
      cells: Object.fromEntries(VERDICTS.map((word) => [word, count(word)])) as Record<
        Verdict,
        number
      >,
      messages: 0,
      displayed: 0,
      findings: verdicts.flatMap(({ rules }) => rules.flatMap(({ findings }) => findings)).length,
      events: 0,
    },
    breakdown: [],
    cells,
    rulesNotExercised: Object.keys(STACK_RULES).filter((rule) => !exercised.has(rule)),
    knownFailures: { used: folded.known, toPaste: folded.register },
    notes: [],
  };
}
