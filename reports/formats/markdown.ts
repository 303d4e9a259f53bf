import type { ReporterEntry, RunReport } from '../model.ts';
import type { ScenarioGroup } from '../figures.ts';
import { wordGrid } from '../grid.ts';
import { caveatsOf, displayedText, figuresOf, ruleGroups, scenarioGroups } from '../figures.ts';
import { printedFiles } from '../printed.ts';
import {
  cellsText,
  channelsText,
  durationOf,
  explainCommand,
  failsKnown,
  implementationText,
  percentOf,
  plural,
  thousands,
} from '../wording.ts';
import { unexercisedOf } from '../unexercised.ts';
import type { Verdict } from '../../simulators/kernel/words.ts';

/** A step summary of a CI system ends at 1 MiB; these keep far below. */
const MAX_SCENARIOS = 200;
const MAX_PER_RULE = 3;

const signs = {
  fail: '❌',
  error: '💥',
  inconclusive: '❔',
  pass: '✅',
  'not-applicable': '➖',
} as const satisfies Record<Verdict, string>;

/** Foreign text as text: no markup, no table cells, no mentions. */
export const escapeMarkdown = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]#|~]/g, String.raw`\$&`)
    .replaceAll(/@(?=\w)/g, '@\u200b');

/** A command in a block that its own back-ticks cannot end. */
const codeBlock = (...lines: readonly string[]): string[] => {
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sh`, text, fence];
};

const row = (group: ScenarioGroup): string => {
  const { figures, cells } = group;
  const faults = figures.faults
    .map(({ name, hits, floor, missed }) => `${name} ${hits} (${floor})${missed > 0 ? ' ⚠' : ''}`)
    .join(', ');
  const known = cells.some(failsKnown) ? ' (known failures)' : '';
  return [
    '',
    `${signs[figures.verdict]} ${figures.verdict}${known}`,
    `${escapeMarkdown(group.scenario)}${cells.length > 1 ? ` × ${cells.length}` : ''}`,
    `${thousands(figures.displayed)}/${thousands(figures.accepted)}`,
    channelsText(figures.dispatched) || '–',
    escapeMarkdown(faults) || '–',
    percentOf(figures.fallbackCorrect, figures.fallbackJudged),
    `${thousands(figures.canariesSeen)}/${thousands(figures.scans)}`,
    figures.p95Ms === null ? '–' : durationOf(figures.p95Ms),
    '',
  ].join(' | ');
};

const tableOf = (report: RunReport): string[] => {
  const groups = scenarioGroups(report.cells);
  const more = groups.length - MAX_SCENARIOS;
  return [
    '| verdict | scenario | displayed | dispatched | fault hits | fall-backs | canaries | p95 |',
    '| --- | --- | --: | --- | --- | --: | --: | --: |',
    ...groups.slice(0, MAX_SCENARIOS).map((group) => row(group).trim()),
    ...(more > 0 ? ['', `… and ${plural(more, 'more scenario')}.`] : []),
  ];
};

/** Where padlocks tell something: who encrypts with whom. */
const gridsOf = (report: RunReport): string[] =>
  scenarioGroups(report.cells).flatMap((group) => {
    const grid = wordGrid(group);
    if (grid === null) return [];
    const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    const folded = grid.folded === '' ? '' : ` Over ${escapeMarkdown(grid.folded)}.`;
    return [
      '',
      `### ${escapeMarkdown(group.scenario)}`,
      '',
      row([grid.corner, ...grid.columns].map(escapeMarkdown)),
      row(['---', ...grid.columns.map(() => '---')]),
      ...grid.rows.map(({ name, fields }) =>
        row([
          escapeMarkdown(name),
          ...fields.map(({ verdict, shown }) =>
            verdict === null ? '–' : `${signs[verdict]} ${shown}`,
          ),
        ]),
      ),
      '',
      `Locked: shown with a padlock.${folded}`,
    ];
  });

const findingsOfRules = (report: RunReport): string[] => {
  const groups = ruleGroups(report.cells);
  if (groups.length === 0) return [];
  return [
    '',
    '### Findings',
    ...groups.flatMap(({ rule, level, kind, known, findings }) => {
      const more = findings.length - MAX_PER_RULE;
      const facts = [known ? 'known' : level, kind, plural(findings.length, 'finding')];
      return [
        '',
        `**${escapeMarkdown(rule)}** · ${facts.join(' · ')}`,
        ...findings
          .slice(0, MAX_PER_RULE)
          .flatMap(({ finding, cell }) => [
            '',
            escapeMarkdown(finding.sentence),
            `expected: ${escapeMarkdown(finding.expected)}; seen: ${escapeMarkdown(finding.seen)}`,
            '',
            ...codeBlock(
              ...(finding.message === undefined
                ? []
                : [explainCommand(report, cell, finding.message)]),
              cell.replay,
            ),
          ]),
        ...(more > 0 ? ['', `… and ${more} more of this rule.`] : []),
      ];
    }),
  ];
};

const oddCells = ({ cells }: RunReport): string[] => {
  const odd = cells.filter(({ verdict }) => /^(error|inconclusive)$/.test(verdict.verdict));
  if (odd.length === 0) return [];
  return [
    '',
    '### Without a verdict',
    '',
    ...odd
      .slice(0, MAX_SCENARIOS)
      .map(({ id, verdict }) => `- ${verdict.verdict}: ${escapeMarkdown(`${id}: ${verdict.why}`)}`),
  ];
};

const knownOf = ({ knownFailures: { used } }: RunReport): string[] =>
  used.length === 0
    ? []
    : ['', '### Known failures', '', ...used.map((text) => `- ${escapeMarkdown(text)}`)];

const printedOf = (report: RunReport): string[] => {
  const { paths, more } = printedFiles(report);
  if (paths.length === 0) return [];
  return [
    '',
    '### What the program printed, where it did not pass',
    '',
    ...paths.map((path) => `- ${escapeMarkdown(path)}`),
    ...(more > 0 ? ['', `… and of ${plural(more, 'more cell')}, beside these.`] : []),
  ];
};

/** What a CI system shows beside a build. */
const markdownOf = (report: RunReport): string => {
  const { implementation } = report;
  const unexercised = unexercisedOf(report);
  const cells = cellsText(report);
  const caveats = [...caveatsOf(report.cells), ...report.notes];
  const who = implementationText(implementation);
  return [
    `## ${signs[report.verdict]} ${report.verdict}: ${escapeMarkdown(report.why)}`,
    '',
    `${escapeMarkdown(who)} · ${plural(report.cells.length, 'cell')} (${cells}) · ` +
      `displayed ${displayedText(figuresOf(report.cells))} · ` +
      durationOf(report.run.wallMs),
    '',
    ...tableOf(report),
    ...gridsOf(report),
    ...findingsOfRules(report),
    ...knownOf(report),
    ...oddCells(report),
    ...printedOf(report),
    ...(unexercised.count === 0
      ? []
      : [
          '',
          `### Rules not exercised (${unexercised.count})`,
          ...(unexercised.listed.length === 0 ? [] : ['', unexercised.listed.join(', ')]),
          ...(unexercised.unclaimed === null ? [] : ['', escapeMarkdown(unexercised.unclaimed)]),
        ]),
    ...(caveats.length === 0
      ? []
      : ['', '### To bear in mind', '', ...caveats.map((text) => `- ${escapeMarkdown(text)}`)]),
    '',
  ].join('\n');
};

export const markdown = {
  name: 'markdown',
  doc: 'summary.md: for the step summary of a CI system.',
  file: 'summary.md',
  create: (output) => ({
    end: (report) => output.writeFile('summary.md', markdownOf(report)),
  }),
} as const satisfies ReporterEntry;
