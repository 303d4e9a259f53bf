import type { CellReport, Progress, Reporter, ReporterEntry, ReporterOutput } from '../model.ts';
import { failsKnown, plural, scenarioName } from '../wording.ts';
import { createInk } from '../terminal/ink.ts';
import { cellLine, foldedLine, periodicLine, progressLine } from '../terminal/live.ts';
import { summaryLines } from '../terminal/summary.ts';

/** Runs longer than this fold their passing cells. */
const MANY_CELLS = 60;
const MIN_COLUMNS = 60;
const MAX_COLUMNS = 140;
const REDRAW_MS = 80;
const PIPE_MS = 5_000;
const CI_MS = 15_000;

const eraseLine = '\r\u001b[2K';

const createTerminal = (output: ReporterOutput): Reporter => {
  const { stdout } = output;
  const ink = createInk(output.colors);
  const live = stdout.isTTY && !output.ci;
  let total = 0;
  let drawn = false;
  let lastDrawn: Progress | undefined;
  let folded: CellReport[] = [];

  /** Read each time: a terminal may be resized. */
  const columns = (): number => {
    const wide = stdout.columns > 0 ? stdout.columns : 100;
    return Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, wide));
  };
  const erase = (): void => {
    if (drawn) stdout.write(eraseLine);
    drawn = false;
  };
  const print = (lines: readonly string[]): void => {
    erase();
    stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
  };
  const unfold = (): void => {
    const [first] = folded;
    if (first === undefined) return;
    print([
      folded.length === 1
        ? cellLine(first, columns(), ink)
        : foldedLine(scenarioName(first), folded, columns(), ink),
    ]);
    folded = [];
  };
  const due = (progress: Progress): boolean => {
    if (lastDrawn === undefined) return true;
    if (progress.wallMs === undefined || lastDrawn.wallMs === undefined) {
      const tenth = Math.max(1, Math.floor(progress.cells / 10));
      return live || progress.cellsDone - lastDrawn.cellsDone >= tenth;
    }
    // The longer a run takes, the rarer its lines in a log.
    const pipeMs = Math.max(output.ci ? CI_MS : PIPE_MS, progress.wallMs / 20);
    const pauseMs = live ? REDRAW_MS : pipeMs;
    return progress.wallMs - lastDrawn.wallMs >= pauseMs;
  };

  return {
    begin: ({ cells, implementation }) => {
      total = cells;
      print([
        `${ink.strong('bellwether')}  ${plural(cells, 'cell')} against ${implementation}`,
        '',
      ]);
    },
    progress: (progress) => {
      // The first progress of a piped run says nothing that the beginning has not said.
      if (!live && lastDrawn === undefined) lastDrawn = { ...progress, wallMs: 0 };
      if (!due(progress)) return;
      lastDrawn = progress;
      if (!live) {
        print([periodicLine(progress)]);
        return;
      }
      // A line that wraps cannot be erased: the real width counts, however narrow.
      const room = stdout.columns > 0 ? Math.min(stdout.columns, MAX_COLUMNS) : MIN_COLUMNS;
      stdout.write(eraseLine + progressLine(progress, room, ink));
      drawn = true;
    },
    cell: (cell) => {
      const passed = cell.verdict.verdict === 'pass' && !failsKnown(cell);
      const fold = total > MANY_CELLS && passed;
      if (folded[0] !== undefined && scenarioName(folded[0]) !== scenarioName(cell)) unfold();
      if (fold) folded.push(cell);
      else print([cellLine(cell, columns(), ink)]);
    },
    end: (report) => {
      unfold();
      const files = output.files ?? [];
      print(['', ...summaryLines(report, { columns: columns(), ink, files })]);
    },
  };
};

export const terminal = {
  name: 'terminal',
  doc: 'Live progress, then the verdict and what a release manager asks about it.',
  file: null,
  create: createTerminal,
} as const satisfies ReporterEntry;
