import { describe, expect, it } from 'vitest';
import { caveatsOf } from '../../reports/figures.ts';
import type { CellReport, RunReport } from '../../reports/model.ts';
import { runReportSchema } from '../../reports/schema.ts';
import { junitChunks } from '../../reports/formats/junit.ts';
import { markdown } from '../../reports/formats/markdown.ts';
import { terminal } from '../../reports/formats/terminal.ts';
import { NO_COUNTS } from '../../simulators/kernel/finding.ts';
import type { VerdictPart } from './cell-fixture.ts';
import { cell, rule } from './cell-fixture.ts';
import { report } from './fixture.ts';
import { keepOutput } from './output.ts';

const failed = (scenario: string, counts = {}, more: VerdictPart = {}): CellReport => ({
  ...cell(
    { scenario },
    {
      verdict: 'fail',
      why: '1 finding.',
      rules: [rule('delivery/lost', 2)],
      counts: { ...NO_COUNTS, messages: 22, accepted: 22, ...counts },
      ...more,
    },
  ),
  output: `cells/${scenario.replaceAll('/', '-')}.output.log`,
});

const runOf = (...cells: CellReport[]): RunReport => ({ ...report, cells });

const printedIn = (run: RunReport): string[] => {
  const shown = (create: typeof terminal.create | typeof markdown.create): string => {
    const kept = keepOutput({ columns: 60 });
    create(kept.output).end?.(run);
    return kept.text() + [...kept.files.values()].join('');
  };
  return [shown(terminal.create), shown(markdown.create), [...junitChunks(run)].join('')];
};

describe('what the program printed', () => {
  const path = `${report.run.folder}/cells/gate-first.output.log`;
  const passed = { ...cell({ scenario: 'gate/quiet' }), output: 'cells/gate-quiet.output.log' };

  it('is named, in one piece, for cells that did not pass, and for no other', () => {
    for (const text of printedIn(runOf(failed('gate/first'), passed))) {
      expect(text.replaceAll('\\', '')).toContain(path);
      expect(text).not.toContain('gate-quiet.output.log');
    }
  });

  it('is not spoken of where nothing was printed', () => {
    const { output: _output, ...silent } = failed('gate/first');
    for (const text of printedIn(runOf(silent))) expect(text).not.toMatch(/program printed/i);
  });

  it('names a few files and counts the others', () => {
    const cells = Array.from({ length: 8 }, (_, at) => failed(`gate/number-${at}`));
    const [shown = ''] = printedIn(runOf(...cells));
    expect(shown.match(/^ \S+\.output\.log$/gm)).toHaveLength(5);
    expect(shown).toContain('… and of 3 more cells');
  });

  it('stands in the schema of the report', () => {
    expect(runReportSchema.safeParse(runOf(failed('gate/first'))).success).toBe(true);
  });
});

describe('a program that takes messages and sends none', () => {
  const said = (one: CellReport): string[] =>
    caveatsOf([one]).filter((text) => text.includes('called no gateway'));

  it('is said to, first of all, and to have printed something', () => {
    expect(caveatsOf([failed('gate/first'), failed('gate/first')])[0]).toBe(
      'gate/first: it accepted 44 messages and called no gateway, carrier or push service; ' +
        'look at what it printed',
    );
  });

  it.each<[why: string, one: CellReport]>([
    ['dispatched one', failed('gate/first', { dispatched: { sms: 1 } })],
    ['dispatched one that nobody can name', failed('gate/first', { unattributed: 1 })],
    ['accepted none', failed('gate/first', { accepted: 0 })],
    ['passed', failed('gate/first', {}, { verdict: 'pass' })],
    ['was not there', failed('gate/first', {}, { worldCheck: true })],
  ])('is not said of one that %s', (_why, one) => {
    expect(said(one)).toEqual([]);
  });
});
