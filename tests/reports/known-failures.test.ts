import { describe, expect, it } from 'vitest';
import type { CellReport, RunReport } from '../../reports/model.ts';
import { annotationsOf } from '../../reports/formats/github.ts';
import { junitChunks } from '../../reports/formats/junit.ts';
import { pageData } from '../../reports/html/page-data.ts';
import { createInk } from '../../reports/terminal/ink.ts';
import { cellLine } from '../../reports/terminal/live.ts';
import { summaryLines } from '../../reports/terminal/summary.ts';
import { runReportSchema } from '../../reports/schema.ts';
import { markdown } from '../../reports/formats/markdown.ts';
import { reportOf } from '../../harness/launch/report.ts';
import type { KnownFailure } from '../../harness/verdict/index.ts';
import { withKnown } from '../../harness/verdict/index.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';
import { cell, rule } from './cell-fixture.ts';
import { keepOutput } from './output.ts';

const REGISTER: readonly KnownFailure[] = [
  {
    scenario: 'sms-outage',
    cell: '*',
    rule: 'delivery/late',
    reason: 'the connector wakes late',
    owner: 'dana',
    expiry: '2099-01-01',
  },
];

const late = {
  rule: 'delivery/late',
  level: 'must',
  kind: 'liveness',
  evidence: [4],
  expected: 'in time',
  seen: 'late',
  sentence: 'It was late.',
} as const;

/** A run of one cell that failed by that rule alone. */
function runOf(part: Partial<CellVerdict> = {}): RunReport {
  const plain = cell(
    { scenario: 'gate/sms-outage' },
    { verdict: 'fail', why: 'It was late.', rules: [rule('delivery/late', 3, [late])], ...part },
  );
  const known: CellReport = { ...plain, verdict: withKnown(plain.verdict, REGISTER, '2026-11-21') };
  return reportOf({
    version: '0.1.0',
    run: {
      id: 'r',
      began: '2026-11-21T10:00:00Z',
      wallMs: 1,
      planHash: 'ab',
      command: 'bellwether run x',
      node: 'v24',
      folder: 'runs/r',
    },
    description: undefined,
    probe: undefined,
    planned: 1,
    cells: [known],
    ruleNames: ['delivery/late'],
    knownFailures: REGISTER,
  });
}

const ink = createInk(false);
const terminalOf = (report: RunReport): string =>
  summaryLines(report, { columns: 100, ink, files: [] }).join('\n');

describe('a cell whose only failure is known', () => {
  const report = runOf();
  const [only] = report.cells;

  it('passes in the report, which keeps what the judges said', () => {
    expect(report).toMatchObject({ verdict: 'pass', totals: { cells: { pass: 1, fail: 0 } } });
    expect(only?.verdict).toMatchObject({
      verdict: 'pass',
      known: { judged: { verdict: 'fail' }, failures: [{ rule: 'delivery/late', owner: 'dana' }] },
    });
    expect(() => runReportSchema.parse(report)).not.toThrow();
  });

  it('is told as known on the terminal', () => {
    const text = terminalOf(report);
    expect(text).toContain('The cell passed, but for known failures.');
    expect(text).toContain('1: 1 pass (1 with known failures)');
    expect(text).toContain('0 of must rules, 0 of should and may rules, 1 known');
    expect(text).not.toMatch(/\bfail\b/);
    expect(text).not.toContain('WHY CELLS DID NOT PASS');
    expect(cellLine(only!, 100, ink)).toContain('pass (known)');
  });

  it('is skipped in JUnit, with the reason', () => {
    const xml = [...junitChunks(report)].join('');
    expect(xml).toContain('failures="0" errors="0" skipped="1"');
    expect(xml).toContain('<skipped message="known failure: delivery/late is known: the connector');
    expect(xml).not.toContain('<failure');
  });

  it('is a warning on GitHub', () => {
    const lines = annotationsOf(report);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^::warning title=known%3A delivery\/late/);
  });

  it('is named in summary.md and in the HTML page', () => {
    const { output, files } = keepOutput({});
    markdown.create(output).end(report);
    expect(files.get('summary.md')).toContain('✅ pass (known failures)');
    expect(files.get('summary.md')).toContain('### Known failures');
    const data = pageData(report);
    expect(data.cells[0]).toMatchObject({ verdict: 'pass', failed: [], noted: ['delivery/late'] });
    expect(data.cells[0]?.why).toContain('Known failures only');
    expect(data.findings[0]).toMatchObject({ rule: 'delivery/late', known: true });
  });
});

describe('a cell that is something else besides', () => {
  it('is told so everywhere', () => {
    const besides = { verdict: 'inconclusive', why: 'Not enough was seen: x.' } as const;
    const report = runOf({ besides });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 2 });
    expect(terminalOf(report)).toContain('1: 1 inconclusive (1 with known failures)');
    const xml = [...junitChunks(report)].join('');
    expect(xml).toContain('failures="0" errors="1" skipped="0"');
    expect(xml).toContain('delivery/late is known');
  });
});
