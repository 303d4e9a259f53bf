import type { CellReport, RunReport } from './model.ts';
import { plural, scenarioName } from './wording.ts';

/** Named one by one; a run in which everything fails needs one of them to be looked at. */
const MAX_FILES = 5;

const passedOrNotRun: readonly string[] = ['pass', 'not-applicable'];

const odd = (cells: readonly CellReport[]): CellReport[] =>
  cells.filter(({ verdict }) => !passedOrNotRun.includes(verdict.verdict));

/** Where it lies what the program printed in this cell; undefined where it printed nothing. */
export const printedPath = (
  { run }: Pick<RunReport, 'run'>,
  { output }: CellReport,
): string | undefined => (output === undefined ? undefined : `${run.folder}/${output}`);

/** What the programs of cells that did not pass printed: paths, and how many more there are. */
export const printedFiles = (
  report: RunReport,
): { readonly paths: readonly string[]; readonly more: number } => {
  const paths = odd(report.cells).flatMap((cell) => printedPath(report, cell) ?? []);
  return { paths: paths.slice(0, MAX_FILES), more: Math.max(0, paths.length - MAX_FILES) };
};

const nothingDispatched = ({ verdict }: CellReport): boolean => {
  const { accepted, dispatched, displayed, unattributed } = verdict.counts;
  const sent = Object.values(dispatched).some((count) => count > 0);
  return !verdict.worldCheck && accepted > 0 && displayed === 0 && !sent && unattributed === 0;
};

/**
 * `gate/first: it accepted 22 messages and sent none: …`. Whoever reads that no channel was used
 * 22 times looks for a policy gone wrong, and not for a program that died behind its own door.
 */
export const silentTexts = (cells: readonly CellReport[]): string[] => {
  const silent = odd(cells).filter(nothingDispatched);
  return [...Map.groupBy(silent, scenarioName)].map(([scenario, own]) => {
    const accepted = own.reduce((sum, { verdict }) => sum + verdict.counts.accepted, 0);
    const spoke = own.some(({ output }) => output !== undefined);
    return (
      `${scenario}: it accepted ${plural(accepted, 'message')} and called no gateway, ` +
      `carrier or push service${spoke ? '; look at what it printed' : ''}`
    );
  });
};
