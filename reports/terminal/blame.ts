import type { Blame, BlamePlay, PartingStep } from '../../simulators/kernel/blame.ts';
import type { CellReport, RunReport } from '../model.ts';
import { clockOf } from '../wording.ts';
import type { Ink } from './ink.ts';
import { harmless, labelled, wrap } from './ink.ts';

const MAX_CELLS = 10;
const INDENT = 4;
const LABEL_COLUMNS = 10;

const playText = ({ implementation, peers, verdict, rules }: BlamePlay): string => {
  const phones = peers === 'reference' ? ' with Bellwether’s own phones' : '';
  const by = rules.length === 0 ? '' : ` (${rules.join(', ')})`;
  return `${implementation}${phones}: ${verdict}${by}`;
};

const stepText = (step: PartingStep | null): string =>
  step === null ? 'nothing more' : `#${step.seq} ${clockOf(step.atMicros)} ${step.text}`;

const blameOf = (cell: CellReport, blame: Blame, columns: number): string[] => {
  const shape = { indent: INDENT, label: LABEL_COLUMNS, width: columns };
  const { parting } = blame;
  return [
    '',
    ...wrap(harmless(cell.id), columns),
    ...wrap(harmless(blame.sentence), columns - 2).map((line) => `  ${line}`),
    ...blame.plays.flatMap((play) => labelled('played', harmless(playText(play)), shape)),
    ...(parting === null
      ? []
      : [
          ...labelled('parting', `the story of ${parting.message}`, shape),
          ...labelled('here', harmless(stepText(parting.here)), shape),
          ...labelled('there', harmless(stepText(parting.there)), shape),
        ]),
  ];
};

/** Who fails with whom, for each cell that was played again with the reference. */
export const blameLines = ({ cells }: RunReport, columns: number, ink: Ink): string[] => {
  const blamed = cells.filter(({ blame }) => blame !== undefined);
  if (blamed.length === 0) return [];
  const more = blamed.length - MAX_CELLS;
  return [
    '',
    ink.strong('WHO FAILS WITH WHOM'),
    ...blamed.slice(0, MAX_CELLS).flatMap((cell) => blameOf(cell, cell.blame!, columns)),
    ...(more > 0 ? [ink.quiet(`    … and ${more} more cells in the full report`)] : []),
  ];
};
