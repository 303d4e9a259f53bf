import type { ReporterEntry, RunReport } from '../model.ts';
import { ruleGroups } from '../figures.ts';

/** GitHub shows ten annotations of a kind a step; more are dropped there without a word. */
const MAX_ANNOTATIONS = 10;

/** Workflow commands: percent, CR and LF are escaped; in properties also colon and comma. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const annotation = (kind: 'error' | 'warning', title: string, text: string): string =>
  `::${kind} title=${escapeProperty(title)}::${escapeData(text)}\n`;

/**
 * Annotations in GitHub's workflow commands.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export const annotationsOf = (report: RunReport): string[] => {
  const all = ruleGroups(report.cells).flatMap(({ findings, known }) =>
    findings.map((one) => ({ ...one, known })),
  );
  const of = (must: boolean): string[] =>
    all
      .filter(({ finding, known }) => (finding.level === 'must' && !known) === must)
      .slice(0, MAX_ANNOTATIONS)
      .map(({ finding, cell, known }) =>
        annotation(
          must ? 'error' : 'warning',
          `${known ? 'known: ' : ''}${finding.rule} in ${cell.id}`,
          `${finding.sentence}\nexpected: ${finding.expected}\nseen: ${finding.seen}`,
        ),
      );
  const unclear = report.cells
    .filter(({ verdict }) => /^(error|inconclusive)$/.test(verdict.verdict))
    .map(({ id, verdict }) => annotation('warning', `${verdict.verdict}: ${id}`, verdict.why));
  return [...of(true), ...[...of(false), ...unclear].slice(0, MAX_ANNOTATIONS)];
};

export const github = {
  name: 'github',
  doc: 'Annotations for GitHub Actions, printed as workflow commands.',
  file: null,
  create: ({ stdout }) => ({
    end: (report) => {
      for (const line of annotationsOf(report)) stdout.write(line);
    },
  }),
} as const satisfies ReporterEntry;
