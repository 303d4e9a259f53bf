import type { Reporter, ReporterOutput, RunReport } from './model.ts';
import { reporters } from './formats/index.ts';
import type { ReporterName } from './formats/index.ts';

interface Member {
  readonly name: string;
  readonly reporter: Reporter;
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/**
 * Several reporters as one, called in the order given. One that throws is told about through `note`
 * (for stderr) and left out from then on; the run and the others go on.
 */
export const multiplex = (
  members: readonly Member[],
  note: (text: string) => void,
): Required<Reporter> => {
  let alive = [...members];
  const each = (hook: string, call: (reporter: Reporter) => void): void => {
    for (const member of alive) {
      try {
        call(member.reporter);
      } catch (error) {
        alive = alive.filter((other) => other !== member);
        note(`reporter ${member.name} left out: it threw in ${hook}: ${reasonOf(error)}\n`);
      }
    }
  };
  return {
    begin: (facts) => each('begin', (reporter) => reporter.begin?.(facts)),
    progress: (progress) => each('progress', (reporter) => reporter.progress?.(progress)),
    cell: (cell) => each('cell', (reporter) => reporter.cell?.(cell)),
    end: (report: RunReport) => each('end', (reporter) => reporter.end?.(report)),
  };
};

/**
 * Opens the named reporters, in the registry's order: what is written first, what is printed last,
 * so that the last line on the terminal is the verdict and every file it names is there.
 */
export const openReporters = (
  names: readonly ReporterName[],
  output: ReporterOutput,
  note: (text: string) => void,
): Required<Reporter> => {
  const entries = Object.values(reporters).filter(({ name }) => names.includes(name));
  const files = entries.flatMap(({ file }) => (file === null ? [] : [file]));
  const members = entries.flatMap((entry): Member[] => {
    try {
      return [{ name: entry.name, reporter: entry.create({ ...output, files }) }];
    } catch (error) {
      note(`reporter ${entry.name} left out: it could not begin: ${reasonOf(error)}\n`);
      return [];
    }
  });
  return multiplex(members, note);
};
