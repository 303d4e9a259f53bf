import type { CellReport, RunReport } from '../model.ts';
import type { Finding } from '../../simulators/kernel/finding.ts';
import type { RuleGroup } from '../figures.ts';
import { ruleGroups } from '../figures.ts';
import { eventsText, explainCommand, findingsOf, plural } from '../wording.ts';
import type { Ink } from './ink.ts';
import { harmless, labelled, wrap } from './ink.ts';

/** Findings of one rule that are printed in full. */
const MAX_PER_RULE = 3;
const MAX_CELLS = 10;
const LABEL_COLUMNS = 10;
const INDENT = 4;

/** Commands are never broken: a terminal wraps them, and a copy stays whole. */
const commandLine = (label: string, command: string): string =>
  `${' '.repeat(INDENT)}${label.padEnd(LABEL_COLUMNS)}${harmless(command)}`;

const findingLines = (
  { finding, cell, at }: { finding: Finding; cell: CellReport; at: number },
  report: RunReport,
  columns: number,
): string[] => {
  const shape = { indent: INDENT, label: LABEL_COLUMNS, width: columns };
  const [first = '', ...rest] = wrap(harmless(finding.sentence), columns - INDENT);
  const about = [finding.message, finding.device].filter((who) => who !== undefined).join(' on ');
  return [
    `${`${at}.`.padStart(3)} ${first}`,
    ...rest.map((line) => ' '.repeat(INDENT) + line),
    ...labelled('cell', cell.id, shape),
    ...(about === '' ? [] : labelled('about', about, shape)),
    ...labelled('expected', finding.expected, shape),
    ...labelled('seen', finding.seen, shape),
    ...(finding.evidence.length === 0
      ? []
      : labelled('events', eventsText(finding.evidence), shape)),
    ...(finding.message === undefined
      ? []
      : [commandLine('explain', explainCommand(report, cell, finding.message))]),
    commandLine('replay', cell.replay),
  ];
};

const headLines = (
  { findings, kind, level, known, follows }: RuleGroup,
  columns: number,
  ink: Ink,
): string[] => {
  const cells = new Set(findings.map(({ cell }) => cell)).size;
  const count = `${plural(findings.length, 'finding')} in ${plural(cells, 'cell')}`;
  const after = follows.length === 0 ? '' : `; may follow from ${follows.join(', ')}`;
  const words = `${count}, ${kind}, ${known ? 'known' : level}${after}`;
  return wrap(words, columns - 2).map((line) => `  ${ink.quiet(line)}`);
};

const mustLines = (group: RuleGroup, report: RunReport, columns: number, ink: Ink): string[] => {
  const more = group.findings.length - MAX_PER_RULE;
  return [
    '',
    ink.bad(ink.strong(group.rule)),
    ...headLines(group, columns, ink),
    ...group.findings
      .slice(0, MAX_PER_RULE)
      .flatMap((one, at) => findingLines({ ...one, at: at + 1 }, report, columns)),
    ...(more > 0 ? [ink.quiet(`    … and ${more} more of this rule in the full report`)] : []),
  ];
};

/** What does not fail the run is told by its first example. */
const otherLines = (group: RuleGroup, report: RunReport, columns: number, ink: Ink): string[] => {
  const [first] = group.findings;
  if (first === undefined) return [];
  const { finding, cell } = first;
  const { message } = finding;
  return [
    '',
    ink.odd(group.rule),
    ...headLines(group, columns, ink),
    ...wrap(`such as: ${harmless(finding.sentence)}`, columns - 2).map((line) => `  ${line}`),
    ...(message === undefined
      ? []
      : [commandLine('explain', explainCommand(report, cell, message))]),
  ];
};

/** Findings grouped by rule; nothing where there are none. */
export const findingsLines = (report: RunReport, columns: number, ink: Ink): string[] => {
  const groups = ruleGroups(report.cells);
  const musts = groups.filter(({ level, known }) => level === 'must' && !known);
  const others = groups.filter((group) => !musts.includes(group));
  return [
    ...(musts.length === 0 ? [] : ['', ink.strong('FINDINGS')]),
    ...musts.flatMap((group) => mustLines(group, report, columns, ink)),
    ...(others.length === 0 ? [] : ['', ink.strong('ALSO SEEN, WITHOUT FAILING THE RUN')]),
    ...others.flatMap((group) => otherLines(group, report, columns, ink)),
  ];
};

/** Reasons beside the findings: expectations, floors, rules that could not be trusted. */
const reasonsOf = ({ verdict }: CellReport): string[] => [
  ...verdict.expectations
    .filter(({ outcome }) => outcome !== 'held')
    .map(({ text, outcome, seen }) => `expectation "${text}" ${outcome}: ${seen}`),
  ...verdict.faults
    .filter(({ reached, outside }) => !reached && outside !== true)
    .map(({ name, hits, floor }) => `fault ${name} hit ${hits} times, its floor is ${floor}`),
  ...verdict.rules
    .filter(({ inconclusive }) => inconclusive !== undefined)
    .map(({ rule, inconclusive }) => `${rule}: ${inconclusive}`),
];

/** Cells that did not pass for other reasons than findings, or for more than these. */
export const reasonLines = (report: RunReport, columns: number, ink: Ink): string[] => {
  const odd = report.cells
    .filter(({ verdict }) => ['fail', 'error', 'inconclusive'].includes(verdict.verdict))
    .map((cell) => ({ cell, reasons: reasonsOf(cell), found: findingsOf(cell).length > 0 }))
    .filter(({ reasons, found }) => reasons.length > 0 || !found);
  if (odd.length === 0) return [];
  const shape = { indent: INDENT, label: 2, width: columns };
  const more = odd.length - MAX_CELLS;
  return [
    '',
    ink.strong('WHY CELLS DID NOT PASS'),
    ...odd
      .slice(0, MAX_CELLS)
      .flatMap(({ cell, reasons, found }) => [
        '',
        ...wrap(harmless(cell.id), columns - 16).map((line, at) =>
          at === 0
            ? `${ink.verdict(cell.verdict.verdict)}  ${line}`
            : `${' '.repeat(cell.verdict.verdict.length + 2)}${line}`,
        ),
        ...labelled('', cell.verdict.why, { ...shape, label: 0 }),
        ...reasons.flatMap((reason) => labelled('·', reason, shape)),
        ...(found ? [] : [commandLine('replay', cell.replay)]),
      ]),
    ...(more > 0 ? ['', ink.quiet(`… and ${plural(more, 'more cell')} in the full report`)] : []),
  ];
};
