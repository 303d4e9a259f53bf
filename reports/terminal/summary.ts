import type { RunReport } from '../model.ts';
import { caveatsOf, displayedText, figuresOf } from '../figures.ts';
import { printedFiles } from '../printed.ts';
import {
  cellsText,
  durationOf,
  findingsOf,
  implementationFacts,
  isKnown,
  plural,
  thousands,
} from '../wording.ts';
import { unexercisedOf } from '../unexercised.ts';
import { blameLines } from './blame.ts';
import { findingsLines, reasonLines } from './findings.ts';
import type { Ink } from './ink.ts';
import { harmless, labelled, wrap } from './ink.ts';
import { tableLines } from './table.ts';

const LABEL_COLUMNS = 16;
const MAX_PASTE = 2;

const bannerLines = (report: RunReport, columns: number, ink: Ink): string[] => {
  const word = report.verdict.toUpperCase();
  const [first = '', ...rest] = wrap(harmless(report.why), columns - word.length - 3);
  const paint = (text: string): string => ink.strong(ink.verdict(report.verdict, text));
  return [
    paint('━'.repeat(columns)),
    `${paint(` ${word}`)}  ${ink.strong(first)}`,
    ...rest.map((line) => ' '.repeat(word.length + 3) + ink.strong(line)),
    '',
  ];
};

/** `3 that fail the run, 24 that do not` */
const findingsText = ({ cells }: RunReport): string => {
  const all = cells.flatMap((cell) =>
    findingsOf(cell).map((one) => (isKnown(cell, one) ? 'known' : one.level)),
  );
  const count = (word: string): number => all.filter((each) => each === word).length;
  const [musts, known] = [count('must'), count('known')];
  const others = all.length - musts - known;
  if (all.length === 0) return 'none';
  const rest = known === 0 ? '' : `, ${thousands(known)} known`;
  return `${thousands(musts)} of must rules, ${thousands(others)} of should and may rules${rest}`;
};

const factLines = (report: RunReport, columns: number): string[] => {
  const { implementation, run } = report;
  const shape = { indent: 1, label: LABEL_COLUMNS, width: columns };
  const cells = cellsText(report);
  const wires = [...new Set(report.cells.map(({ wire }) => wire))].join(' and ') || '–';
  const all = report.cells.length;
  return [
    ...labelled('implementation', implementationFacts(implementation), shape),
    ...labelled('cells', `${thousands(all)}${cells === '' ? '' : `: ${cells}`}`, shape),
    ...labelled('displayed', displayedText(figuresOf(report.cells)), shape),
    ...labelled('findings', findingsText(report), shape),
    ...labelled(
      'run',
      `${run.id}, ${durationOf(run.wallMs)}, wire: ${wires}, ` +
        `plan ${run.planHash.slice(0, 12)}, Bellwether ${report.version}`,
      shape,
    ),
  ];
};

const section = (title: string, items: readonly string[], columns: number, ink: Ink): string[] =>
  items.length === 0
    ? []
    : [
        '',
        ink.strong(title),
        ...items.flatMap((item) => labelled('·', item, { indent: 1, label: 2, width: columns })),
      ];

const knownFailureLines = ({ knownFailures }: RunReport, columns: number, ink: Ink): string[] => {
  const { used, toPaste } = knownFailures;
  const more = toPaste.length - MAX_PASTE;
  return [
    ...section('KNOWN FAILURES USED', used, columns, ink),
    ...(toPaste.length === 0 ? [] : ['', ink.strong('TO ACCEPT AS KNOWN FAILURES, PASTE')]),
    // Lines to paste are never broken.
    ...toPaste.slice(0, MAX_PASTE).flatMap((entry) => entry.split('\n').map(harmless)),
    ...(more > 0 ? [ink.quiet(` … and ${more} more in report.json`)] : []),
  ];
};

/** Paths are never broken: a copy stays whole. */
const printedLines = (report: RunReport, ink: Ink): string[] => {
  const { paths, more } = printedFiles(report);
  if (paths.length === 0) return [];
  return [
    '',
    ink.strong('WHAT THE PROGRAM PRINTED, WHERE IT DID NOT PASS'),
    ...paths.map((path) => ` ${harmless(path)}`),
    ...(more > 0 ? [ink.quiet(` … and of ${plural(more, 'more cell')}, beside these`)] : []),
  ];
};

const unexercisedLines = (report: RunReport, columns: number, ink: Ink): string[] => {
  const { count, listed, unclaimed } = unexercisedOf(report);
  if (count === 0) return [];
  const texts = [...(listed.length === 0 ? [] : [listed.join(', ')]), unclaimed ?? ''];
  return [
    '',
    ink.strong(`RULES NOT EXERCISED (${count})`),
    ...texts
      .filter((text) => text !== '')
      .flatMap((text) => wrap(harmless(text), columns - 1).map((line) => ` ${line}`)),
  ];
};

const fileLines = (report: RunReport, files: readonly string[]): string[] =>
  files.length === 0
    ? []
    : ['', ...files.map((file) => ` report  ${harmless(`${report.run.folder}/${file}`)}`)];

/** What stands at the end of a run: the verdict first, and again in the last line. */
export const summaryLines = (
  report: RunReport,
  { columns, ink, files }: { columns: number; ink: Ink; files: readonly string[] },
): string[] => {
  const html = files.filter((file) => file.endsWith('.html'));
  return [
    ...bannerLines(report, columns, ink),
    ...factLines(report, columns),
    '',
    ...tableLines(report, columns, ink),
    ...findingsLines(report, columns, ink),
    ...reasonLines(report, columns, ink),
    ...blameLines(report, columns, ink),
    ...printedLines(report, ink),
    ...unexercisedLines(report, columns, ink),
    ...section('TO BEAR IN MIND', [...caveatsOf(report.cells), ...report.notes], columns, ink),
    ...knownFailureLines(report, columns, ink),
    ...fileLines(report, html.length > 0 ? html : files),
    '',
    ink.strong(
      `${ink.verdict(report.verdict, `verdict: ${report.verdict}`)} (exit code ${report.exitCode})`,
    ),
  ];
};
