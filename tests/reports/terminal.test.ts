import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { terminal } from '../../reports/formats/terminal.ts';
import type { Progress, ReporterOutput, RunReport } from '../../reports/model.ts';
import type { CellCounts } from '../../simulators/kernel/finding.ts';
import { NO_COUNTS } from '../../simulators/kernel/finding.ts';
import { cell } from './cell-fixture.ts';
import { passingReport, report } from './fixture.ts';
import { longReport } from './long-report.ts';
import { keepOutput } from './output.ts';

const progressOf = (run: RunReport, done: number, part: Partial<Progress> = {}): Progress => ({
  cellsDone: done,
  cells: run.cells.length,
  cell: run.cells[done]?.id ?? '',
  micros: 61_000_000,
  endsAtMicros: 300_000_000,
  phase: 'main',
  messages: 40,
  displayed: 38,
  wallMs: 500 + done * 2_000,
  ...part,
});

const show = (
  run: RunReport,
  part: Partial<ReporterOutput> & { columns?: number; tty?: boolean } = {},
): string => {
  const kept = keepOutput(part);
  const reporter = terminal.create(kept.output);
  reporter.begin?.({ cells: run.cells.length, implementation: 'x 1', run: run.run });
  for (const [at, one] of run.cells.entries()) {
    reporter.progress?.(progressOf(run, at));
    reporter.cell?.(one);
  }
  reporter.end?.(run);
  return kept.text();
};

/** Lines that are to be copied whole, however wide the terminal is. */
const isCopied = (line: string): boolean =>
  /^ +(explain|replay|report) |^(- |  )\w+: |^… /.test(line);

describe('the terminal reporter', () => {
  it('shows a run as the golden text says', async () => {
    await expect(show(report)).toMatchFileSnapshot('golden/terminal-100.txt');
  });

  it('shows a run on 60 columns as the golden text says', async () => {
    await expect(show(report, { columns: 60 })).toMatchFileSnapshot('golden/terminal-60.txt');
  });

  it('shows a passing run as the golden text says', async () => {
    await expect(show(passingReport)).toMatchFileSnapshot('golden/terminal-pass.txt');
  });

  it.each([60, 72, 87, 88, 100, 140, 250])('keeps within %i columns', (columns) => {
    const wide = show(report, { columns })
      .split('\n')
      .filter((line) => !isCopied(line) && Array.from(line).length > columns);
    expect(wide).toEqual([]);
  });

  it('says the same with and without colours', () => {
    const coloured = show(report, { colors: true });
    expect(coloured).toContain('\u001b[31m');
    expect(stripVTControlCharacters(coloured)).toBe(show(report));
    expect(show(report)).not.toContain('\u001b');
  });

  it('ends with the verdict and the exit code, whatever the verdict', () => {
    expect(show(report).trimEnd().split('\n').at(-1)).toBe('verdict: fail (exit code 1)');
    expect(show(passingReport).trimEnd().split('\n').at(-1)).toBe('verdict: pass (exit code 0)');
  });

  it('names a cell in the command that explains a message, and quotes it for a shell', () => {
    expect(show(report, { columns: 60 })).toContain(
      'npm run -s bellwether -- explain .bellwether/runs/2026-01-01T09-30-00Z-3f9a alerts-17 ' +
        "--cell 'gate/rcs-outage-high-sensitivity [platform=ios-26.3, e2ee=on] #42'\n",
    );
  });

  it('says where the HTML report lies only when one is written', () => {
    const path = '.bellwether/runs/2026-01-01T09-30-00Z-3f9a/report.html';
    expect(show(report)).toContain(path);
    expect(show(report, { files: [] })).not.toContain(path);
  });

  it('folds the passing cells of a long run, and never a failing one', () => {
    const long = longReport(1_000);
    const live = show(long).split('━━━')[0] ?? '';
    const failing = long.cells.filter(({ verdict }) => verdict.verdict === 'fail');
    expect(live.match(/^fail /gm)).toHaveLength(failing.length);
    expect(live.match(/^pass /gm)?.length).toBe(10);
    expect(live).toMatch(/^pass +gate\/scenario-10 × \d+/m);
    expect(show(long).split('\n').length).toBeLessThan(250);
  });

  it('shows escape sequences of an implementation instead of obeying them', () => {
    const hostile = { ...passingReport, why: 'red \u001b[31m bell \u0007' };
    expect(show(hostile)).toContain(String.raw`red \x1b[31m bell \x07`);
  });

  it('says of each fault how far it was from its floor', () => {
    expect(show(report)).toMatch(/apns-slow 2 \(floor >= 20, NOT REACHED\)/);
  });

  it('says of how many accepted messages the displayed ones are, as the table does', () => {
    const with10 = (part: Partial<CellCounts>): string => {
      const counts = { ...NO_COUNTS, messages: 10, accepted: 5, displayed: 5, ...part };
      const cells = [cell({ scenario: 'gate/one' }, { counts })];
      const totals = { ...passingReport.totals, messages: 10, displayed: counts.displayed };
      const text = show({ ...passingReport, cells, totals });
      return / displayed {7}(.*)/.exec(text)?.[1] ?? '';
    };
    expect(with10({ refused: 5 })).toBe('5 of 5 accepted messages, 5 refused');
    expect(with10({ refused: 3 })).toBe(
      '5 of 5 accepted messages, 3 refused, 2 neither accepted nor refused',
    );
    expect(with10({ accepted: 10, displayed: 9 })).toBe('9 of 10 messages');
    // What got no answer may have been taken, and shown.
    expect(with10({ displayed: 7 })).toBe(
      '7 of 10 messages, 5 accepted, 5 neither accepted nor refused',
    );
  });

  it('names no rule about what is not claimed, but says how many there are, and of what', () => {
    const of = (rulesNotExercised: string[], rulesNotClaimed: Record<string, string[]>): string =>
      show({ ...passingReport, rulesNotExercised, rulesNotClaimed });
    const push = ['push/plaintext', 'push/wrong-type'];
    expect(
      of(['latency/slow', ...push, 'link/leak'], { push, 'secure-link': ['link/leak'] }),
    ).toMatch(
      new RegExp(
        String.raw`RULES NOT EXERCISED \(4\)\n latency/slow\n` +
          String.raw` about what the implementation does not claim: 3 \(push 2, secure-link 1\)\n`,
      ),
    );
    expect(of(push, { push })).toMatch(/EXERCISED \(2\)\n about what .*: 2 \(push 2\)\n/);
    expect(of(push, {})).toMatch(/EXERCISED \(2\)\n push\/plaintext, push\/wrong-type\n/);
  });

  it('survives a run without cells', () => {
    const none = { ...passingReport, cells: [], verdict: 'inconclusive' as const, exitCode: 2 };
    expect(show(none)).toContain('verdict: inconclusive (exit code 2)');
  });
});

describe('live progress', () => {
  const draw = (progress: Progress, columns: number): string => {
    const kept = keepOutput({ columns, tty: true });
    terminal.create(kept.output).progress?.(progress);
    return kept.text();
  };

  it.each([40, 60, 100, 200])(
    'is one line that fits %i columns, so that it can be erased',
    (at) => {
      const line = stripVTControlCharacters(draw(progressOf(report, 4), at)).replace('\r', '');
      expect(line).not.toContain('\n');
      expect(Array.from(line).length).toBeLessThan(at);
      expect(line).toContain('4/9 cells');
    },
  );

  it('tells counts, the clock of the cell and the time left', () => {
    const line = draw(progressOf(report, 4, { wallMs: 9_000 }), 140);
    expect(line).toContain('38/40 displayed');
    expect(line).toContain('main 01:01.000');
    // 4.203 of 9 cells took 9 s, so the rest takes 10.3 s.
    expect(line).toContain('10.3 s left');
  });

  it('promises no time before anything is known', () => {
    expect(draw(progressOf(report, 0, { wallMs: 100 }), 140)).not.toContain('left');
    const { wallMs: _, ...untimed } = progressOf(report, 4);
    expect(draw(untimed, 140)).not.toContain('left');
  });

  it('erases its line before anything else is printed', () => {
    const kept = keepOutput({ tty: true });
    const reporter = terminal.create(kept.output);
    reporter.progress?.(progressOf(report, 1));
    const before = kept.text().length;
    reporter.cell?.(cell({ scenario: 'gate/one' }));
    expect(kept.text().slice(before).startsWith('\r\u001b[2Kpass')).toBe(true);
  });

  it('draws no faster than eyes read', () => {
    const kept = keepOutput({ tty: true });
    const reporter = terminal.create(kept.output);
    for (const wallMs of [0, 10, 20, 70, 81, 100]) {
      reporter.progress?.(progressOf(report, 1, { wallMs }));
    }
    expect(kept.text().split('\r').length - 1).toBe(2);
  });

  it('writes whole lines, and few, where no terminal is', () => {
    const kept = keepOutput({ tty: true, ci: true });
    const reporter = terminal.create(kept.output);
    for (const wallMs of [0, 5_000, 14_999, 15_000, 29_000, 30_000]) {
      reporter.progress?.(progressOf(report, 1, { wallMs }));
    }
    expect(kept.text()).not.toContain('\r');
    expect(kept.text().split('\n')).toHaveLength(3);
  });
});
