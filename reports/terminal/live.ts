import type { CellReport, Progress } from '../model.ts';
import {
  clockOf,
  durationOf,
  failsKnown,
  matrixText,
  plural,
  scenarioName,
  thousands,
} from '../wording.ts';
import { figuresOf } from '../figures.ts';
import type { Ink } from './ink.ts';
import { harmless, padEnd, padStart, shorten, widthOf } from './ink.ts';

const BAR_COLUMNS = 16;

/** How much of the run is behind us, a cell counting as far as its own clock has come. */
const shareDone = ({ cellsDone, cells, micros, endsAtMicros }: Progress): number => {
  if (cells === 0) return 0;
  const inCell = endsAtMicros > 0 ? Math.min(1, micros / endsAtMicros) : 0;
  return Math.min(1, (cellsDone + (cellsDone < cells ? inCell : 0)) / cells);
};

/** Milliseconds left if the rest is as slow as what is done; undefined while that says nothing. */
const timeLeftMs = (progress: Progress): number | undefined => {
  const share = shareDone(progress);
  if (progress.wallMs === undefined || share < 0.02 || progress.wallMs < 500) return undefined;
  const leftMs = (progress.wallMs / share) * (1 - share);
  // An estimate of many minutes to the second would pretend.
  return leftMs < 120_000 ? leftMs : Math.ceil(leftMs / 60_000) * 60_000;
};

/** A cell of an MLS stack has neither a time of its own nor messages that people see. */
const hasClock = ({ endsAtMicros, messages }: Progress): boolean =>
  endsAtMicros > 0 || messages > 0;

/** The one line of live progress; never wider than `columns`. */
export const progressLine = (progress: Progress, columns: number, ink: Ink): string => {
  const { cellsDone, cells, messages, displayed, micros, phase } = progress;
  const filled = Math.round(shareDone(progress) * BAR_COLUMNS);
  const bar = '━'.repeat(filled) + ink.quiet('━'.repeat(BAR_COLUMNS - filled));
  const left = timeLeftMs(progress);
  const figures = [
    `${thousands(cellsDone)}/${plural(cells, 'cell')}`,
    ...(hasClock(progress)
      ? [`${thousands(displayed)}/${thousands(messages)} displayed`, `${phase} ${clockOf(micros)}`]
      : []),
    ...(left === undefined ? [] : [`${durationOf(left)} left`]),
  ].join(' · ');
  const wide = columns >= 90 ? `${bar} ${figures}` : figures;
  const room = columns - 1 - widthOf(wide) - 2;
  if (room < 8) return shorten(figures, columns - 1);
  return `${wide}  ${ink.quiet(shorten(harmless(progress.cell), room))}`;
};

/** The line for pipes and CI logs: no bar, no control characters. */
export const periodicLine = (progress: Progress): string => {
  const left = timeLeftMs(progress);
  return [
    `… ${thousands(progress.cellsDone)}/${plural(progress.cells, 'cell')}`,
    ...(hasClock(progress)
      ? [
          `${harmless(progress.cell)} at ${clockOf(progress.micros)} (${progress.phase})`,
          `${thousands(progress.displayed)}/${thousands(progress.messages)} displayed`,
        ]
      : [harmless(progress.cell)]),
    ...(left === undefined ? [] : [`about ${durationOf(left)} left`]),
  ].join(', ');
};

/** `2/9 displayed` of messages that were accepted, or sent by people in a world check. */
export const shownText = (displayed: number, accepted: number): string =>
  `${thousands(displayed)}/${thousands(accepted)}`;

const figuresText = (cells: readonly CellReport[], columns: number): string => {
  const { displayed, accepted } = figuresOf(cells);
  const wallMs = cells.reduce((sum, cell) => sum + cell.wallMs, 0);
  const word = columns >= 80 ? ' displayed' : '';
  return `${shownText(displayed, accepted)}${word}  ${padStart(durationOf(wallMs), 7)}`;
};

/** What a cell said as it ended, in one line. */
export const cellLine = (cell: CellReport, columns: number, ink: Ink): string => {
  const { verdict } = cell;
  const figures = figuresText([cell], columns);
  const word = verdict.verdict === 'pass' && failsKnown(cell) ? 'pass (known)' : verdict.verdict;
  const head = ink.verdict(verdict.verdict, padEnd(word, 15));
  const matrix = matrixText(cell.matrix);
  const name = harmless(`${scenarioName(cell)}${matrix === '' ? '' : ` [${matrix}]`}`);
  const room = Math.max(12, columns - 15 - widthOf(figures) - 3);
  return `${head}${padEnd(shorten(name, room), room)}  ${ink.quiet(figures)}`;
};

/** Passing cells of one scenario folded into a line, for long runs. */
export const foldedLine = (
  scenario: string,
  cells: readonly CellReport[],
  columns: number,
  ink: Ink,
): string => {
  const figures = figuresText(cells, columns);
  const times = ` × ${thousands(cells.length)}`;
  const room = Math.max(12, columns - 15 - widthOf(figures) - 3);
  const name = shorten(harmless(scenario), room - times.length) + times;
  return `${ink.verdict('pass', padEnd('pass', 15))}${padEnd(name, room)}  ${ink.quiet(figures)}`;
};
