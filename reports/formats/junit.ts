import type { CellReport, ReporterEntry, RunReport } from '../model.ts';
import { printedPath } from '../printed.ts';
import { ruleGroups, scenarioGroups } from '../figures.ts';
import {
  eventsText,
  explainCommand,
  failsKnown,
  findingsOf,
  isKnown,
  knownTexts,
  matrixText,
  scenarioName,
} from '../wording.ts';

/** XML 1.0 knows no control characters, not even escaped ones; lone surrogates neither. */
const forbidden =
  // eslint-disable-next-line no-control-regex -- these are what XML does not allow
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufdd0-\ufdef\ufffe\uffff]/g;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text that may stand in XML, in content and in attributes. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(forbidden, '\ufffd')
    .replaceAll(/[&<>"']/g, (char) => escapes[char] ?? char)
    .replaceAll(/[\n\r\t]/g, (char) => `&#${char.charCodeAt(0)};`);

/** Line breaks stay readable inside an element. */
const escapeContent = (text: string): string => text.split('\n').map(escapeXml).join('\n');

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const findingsText = (cell: CellReport, report: RunReport): string => {
  const printed = printedPath(report, cell);
  return [
    cell.verdict.why,
    ...findingsOf(cell).map((finding) =>
      [
        '',
        `${finding.rule} (${finding.level}, ${finding.kind}): ${finding.sentence}`,
        `  expected: ${finding.expected}`,
        `  seen: ${finding.seen}`,
        `  events: ${eventsText(finding.evidence)}`,
        ...(finding.message === undefined
          ? []
          : [`  explain: ${explainCommand(report, cell, finding.message)}`]),
      ].join('\n'),
    ),
    ...cell.verdict.expectations
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ text, seen }) => `\nexpectation not held: ${text}\n  seen: ${seen}`),
    ...knownTexts(cell).map((text) => `\n${text}`),
    '',
    `replay: ${cell.replay}`,
    ...(printed === undefined ? [] : [`what the program printed: ${printed}`]),
  ].join('\n');
};

/** The rule that comes before what follows from it, as the type of a failure. */
const failureType = (cell: CellReport): string =>
  ruleGroups([cell]).find(
    ({ level, findings }) =>
      level === 'must' && findings.some(({ finding }) => !isKnown(cell, finding)),
  )?.rule ?? 'expectation';

const knownMessage = (cell: CellReport): string =>
  `message="${escapeXml(`known failure: ${knownTexts(cell).join('; ')}`)}"`;

const outcomeElement = (cell: CellReport, report: RunReport): string => {
  const { verdict, why } = cell.verdict;
  const message = `message="${escapeXml(why)}"`;
  const text = (): string => escapeContent(findingsText(cell, report));
  switch (verdict) {
    case 'pass':
      // What failed and is known neither passed nor fails the build.
      return failsKnown(cell) ? `\n      <skipped ${knownMessage(cell)}/>` : '';
    case 'not-applicable':
      return `\n      <skipped ${message}/>`;
    case 'fail':
      return (
        `\n      <failure type="${escapeXml(failureType(cell))}" ${message}>` +
        `${text()}</failure>`
      );
    case 'error':
    case 'inconclusive':
      return `\n      <error type="${verdict}" ${message}>${text()}</error>`;
  }
};

const caseElement = (cell: CellReport, report: RunReport): string => {
  const matrix = matrixText(cell.matrix);
  const name = `${matrix === '' ? '' : `[${matrix}] `}#${cell.seed}`;
  const outcome = outcomeElement(cell, report);
  const attributes =
    `name="${escapeXml(name)}" classname="${escapeXml(scenarioName(cell))}" ` +
    `time="${seconds(cell.wallMs)}"`;
  return outcome === ''
    ? `    <testcase ${attributes}/>\n`
    : `    <testcase ${attributes}>${outcome}\n    </testcase>\n`;
};

/** Counts as JUnit has them: a cell without a verdict is an error, never a quiet skip. */
const tallyOf = (cells: readonly CellReport[]): string => {
  const count = (...words: readonly string[]): number =>
    cells.filter(({ verdict }) => words.includes(verdict.verdict)).length;
  const known = cells.filter((cell) => cell.verdict.verdict === 'pass' && failsKnown(cell)).length;
  return (
    `tests="${cells.length}" failures="${count('fail')}" ` +
    `errors="${count('error', 'inconclusive')}" skipped="${count('not-applicable') + known}"`
  );
};

/** JUnit XML: a suite a scenario, a case a cell. */
export const junitChunks = function* (report: RunReport): Generator<string> {
  const time = `time="${seconds(report.run.wallMs)}"`;
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="bellwether" ${tallyOf(report.cells)} ${time}>\n`;
  for (const { scenario, cells } of scenarioGroups(report.cells)) {
    const wallMs = cells.reduce((sum, cell) => sum + cell.wallMs, 0);
    const name = escapeXml(scenario);
    const began = escapeXml(report.run.began);
    const times = `time="${seconds(wallMs)}" timestamp="${began}"`;
    yield `  <testsuite name="${name}" ${tallyOf(cells)} ${times}>\n`;
    for (const cell of cells) yield caseElement(cell, report);
    yield '  </testsuite>\n';
  }
  yield '</testsuites>\n';
};

export const junit = {
  name: 'junit',
  doc: 'junit.xml: a suite a scenario, a case a cell, for CI systems.',
  file: 'junit.xml',
  create: (output) => ({
    end: (report) => output.writeFile('junit.xml', junitChunks(report)),
  }),
} as const satisfies ReporterEntry;
