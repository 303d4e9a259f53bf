import { describe, expect, it } from 'vitest';
import * as page from '../../reports/html/page/wording.js';
import { VERDICTS } from '../../simulators/kernel/words.ts';
import * as words from '../../reports/wording.ts';
import { verdictWords } from '../../reports/html/page/filter.js';
import { cell } from './cell-fixture.ts';
import { report } from './fixture.ts';

describe('wording', () => {
  it.each([
    [0, '0 ms'],
    [0.4, '0.4 ms'],
    [999.4, '999 ms'],
    [1_000, '1 s'],
    [1_420, '1.4 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [3_600_000, '1 h'],
    [7_380_000, '2 h 3 min'],
  ])('says %d ms as %s', (ms, text) => {
    expect(words.durationOf(ms)).toBe(text);
  });

  it('never rounds a share up to a full hundred', () => {
    expect(words.percentOf(99_999, 100_000)).toBe('99.9 %');
    expect(words.percentOf(0, 0)).toBe('–');
  });

  it('names at most twelve events, and says how many there are', () => {
    const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
    expect(words.eventsText(upTo(12)).match(/#\d+/g)).toHaveLength(12);
    expect(words.eventsText(upTo(12))).not.toContain('in all');
    const many = words.eventsText(upTo(1066));
    expect(many.match(/#\d+/g)).toHaveLength(12);
    expect(many).toMatch(/^#1 #2 .* … #1064 #1065 #1066 \(1,066 in all\)$/);
  });

  it('is the same on the page as on the terminal', () => {
    const values = [0, 0.4, 1, 9.99, 10, 999, 1000, 1234.5, 59_999, 60_000, 86_399_999, 1e9];
    expect(values.map(page.durationOf)).toEqual(values.map(words.durationOf));
    expect(values.map(page.thousands)).toEqual(values.map(words.thousands));
    expect(values.map((at) => page.percentOf(at, 1e9))).toEqual(
      values.map((at) => words.percentOf(at, 1e9)),
    );
    for (const count of [0, 1, 12, 13, 1066]) {
      const seqs = Array.from({ length: count }, (_, at) => at * 3);
      expect(page.eventsText(seqs)).toBe(words.eventsText(seqs));
    }
    expect(page.plural(2, 'person', 'people')).toBe(words.plural(2, 'person', 'people'));
    for (const role of ['notifier', 'none']) {
      const implementation = { ...report.implementation, role };
      expect(page.implementationFacts(implementation)).toBe(
        words.implementationFacts(implementation),
      );
    }
    expect(page.matrixText({ a: 'b', c: 'd' })).toBe(words.matrixText({ a: 'b', c: 'd' }));
    expect(values.map((at) => page.clockOf(at * 37))).toEqual(
      values.map((at) => words.clockOf(at * 37)),
    );
  });

  it('orders verdicts as the kernel folds them, worst first', () => {
    expect(words.verdictWords).toEqual([...VERDICTS]);
    expect(verdictWords).toEqual([...VERDICTS]);
  });

  it.each([
    ['npm run -s bellwether -- run scenarios', 'npm run -s bellwether -- explain'],
    ['bellwether run x.yaml --seed 1', 'bellwether explain'],
    ['npx bellwether run x.yaml', 'npx bellwether explain'],
    ['npm start', 'npm run -s bellwether -- explain'],
    ['node harness/cli/bin.js run', 'bellwether explain'],
  ])('where "%s" repeats a cell, explains with "%s"', (command, start) => {
    const one = cell({ scenario: 'a/b', replay: command });
    const run = { ...report, cells: [one], run: { ...report.run, folder: 'runs/1' } };
    expect(words.explainCommand(run, one, "it's")).toBe(`${start} runs/1 'it'\\''s'`);
  });
});
