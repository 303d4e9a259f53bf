import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { embedJson, htmlChunks } from '../../reports/formats/html.ts';
import { pageChunks, pageData } from '../../reports/html/page-data.ts';
import { createFilter, worstFirst } from '../../reports/html/page/filter.js';
import { gridOf, shownIn } from '../../reports/html/page/matrix-grid.js';
import type { RunReport } from '../../reports/model.ts';
import { cell } from './cell-fixture.ts';
import { report } from './fixture.ts';
import { longReport } from './long-report.ts';

const data = pageData(report);

const matching = (query: string, verdicts: readonly string[] = []): string[] => {
  const isShown = createFilter(query, new Set(verdicts));
  return data.scenarios.flatMap((scenario) =>
    scenario.cells.flatMap((at) => {
      const one = data.cells[at];
      return one !== undefined && isShown(one, scenario) ? [one.id] : [];
    }),
  );
};

describe('the filter of the page', () => {
  it('shows everything without words and verdicts', () => {
    expect(matching('')).toHaveLength(report.cells.length);
  });

  it('wants all words, in any order and case', () => {
    expect(matching('ON Ios-26.3')).toEqual([
      'gate/rcs-outage-high-sensitivity [platform=ios-26.3, e2ee=on] #42',
    ]);
    expect(matching('ios-26.3 push')).toEqual([]);
  });

  it('finds a cell by a rule that it failed, by its verdict and by its summary', () => {
    expect(matching('fallback/late')).toHaveLength(1);
    expect(matching('fallback/known-dead')).toHaveLength(1);
    expect(matching('inconclusive')).toEqual(['push/trickle #7']);
    expect(matching('trickle loses no message')).toEqual(['push/trickle #7']);
    expect(matching('world check')).toEqual(['e2ee/device-to-device #42']);
  });

  it('joins the chosen verdicts by or, and with the words by and', () => {
    expect(matching('', ['error', 'inconclusive'])).toHaveLength(2);
    expect(matching('sms/', ['error', 'inconclusive'])).toEqual(['sms/queue-full #42']);
  });

  it('sorts the worst verdict to the top', () => {
    const words = worstFirst([...data.cells.keys()], data.cells).map(
      (at) => data.cells[at]?.verdict,
    );
    expect(words.slice(0, 4)).toEqual(['fail', 'error', 'inconclusive', 'pass']);
    expect(words.at(-1)).toBe('not-applicable');
  });
});

describe('the matrix grid', () => {
  it('has the first axis as rows, the second as columns, and each verdict in its field', () => {
    const indices = data.scenarios[1]?.cells ?? [];
    const grid = gridOf(indices, data.cells);
    expect(grid?.columns).toEqual(['on', 'off']);
    const words = grid?.rows.map(({ name, fields }) => [
      name,
      ...fields.map((field) => data.cells[field?.worst ?? -1]?.verdict),
    ]);
    expect(words).toEqual([
      ['android-16', 'pass', 'pass'],
      ['ios-26.3', 'fail', 'pass'],
    ]);
  });

  it('is not drawn for fewer than two axes', () => {
    const one = pageData({ ...report, cells: [cell({ scenario: 'a/b', matrix: { e2ee: 'on' } })] });
    expect(gridOf([0], one.cells)).toBeNull();
  });

  it('shows the worst of several seeds and leaves fields empty that have no cell', () => {
    const matrix = { a: '1', b: 'x', c: 'y' };
    const cells = [
      cell({ scenario: 'a/b', matrix, seed: 1 }),
      cell({ scenario: 'a/b', matrix, seed: 2 }, { verdict: 'inconclusive' }),
      cell({ scenario: 'a/b', matrix: { ...matrix, a: '2', b: 'z' } }),
    ];
    const page = pageData({ ...report, cells });
    const grid = gridOf([0, 1, 2], page.cells);
    expect(grid?.columns).toEqual(['x', 'z']);
    expect(grid?.rows[0]?.fields).toMatchObject([{ cells: [0, 1], worst: 1 }, null]);
  });
});

describe('the grid of a scenario with many axes', () => {
  const cells = ['on', 'off'].flatMap((carrier) =>
    ['a', 'b'].flatMap((ana) =>
      ['c', 'd'].map((ben) => {
        const encrypted = carrier === 'on' && ana === 'a';
        const one = cell({ scenario: 'a/b', matrix: { ana, ben, carrier } });
        const displayedOn = encrypted ? { 'rcs-e2ee': 4 } : { rcs: 4 };
        const counts = { ...one.verdict.counts, displayedOn, ...(encrypted && { padlocked: 4 }) };
        return { ...one, verdict: { ...one.verdict, counts } };
      }),
    ),
  );
  const page = pageData({ ...report, cells });
  const all = [...page.cells.keys()];

  it('folds what is neither row nor column, and tells channels and padlocks of each field', () => {
    const grid = gridOf(all, page.cells);
    expect([grid?.rowAxis, grid?.columnAxis]).toEqual(['ana', 'ben']);
    expect(grid?.rows[0]?.fields[0]).toMatchObject({
      shown: [
        { text: 'rcs-e2ee, padlock', padlock: true, cells: 1 },
        { text: 'rcs, no padlock', padlock: false, cells: 1 },
      ],
    });
    expect(grid?.rows[1]?.fields[1]?.shown).toEqual([
      { text: 'rcs, no padlock', padlock: false, cells: 2 },
    ]);
  });

  it('turns to other axes, and holds one at a value', () => {
    const grid = gridOf(all, page.cells, { rows: 'carrier', columns: 'ana', only: { ben: 'd' } });
    expect(grid?.rows.map(({ name }) => name)).toEqual(['on', 'off']);
    expect(grid?.rows.flatMap(({ fields }) => fields.map((field) => field?.cells.length))).toEqual([
      1, 1, 1, 1,
    ]);
    expect(grid?.axes.map(({ values }) => values)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['on', 'off'],
    ]);
  });

  it('says where only some messages had a padlock, and nothing where none was shown', () => {
    expect(shownIn({ displayedOn: { 'rcs-e2ee': 3, rcs: 1 }, padlocked: 3 })).toBe(
      'rcs-e2ee + rcs, padlock on 3 of 4',
    );
    expect(shownIn({ displayedOn: {}, padlocked: 0 })).toBe('');
  });
});

describe('what the page embeds', () => {
  const chunksOf = (run: RunReport) => [...pageChunks(run, pageData(run).rules)].flat();

  it('loses no rule: quiet ones as numbers, the others whole', () => {
    for (const [at, detail] of chunksOf(report).entries()) {
      const quiet = detail.quiet.map(([index, judged, unjudged]) => {
        const { rule, level } = data.rules[index] ?? {};
        return { rule, level, judged, unjudged, findings: [] };
      });
      const whole = report.cells[at]?.verdict.rules ?? [];
      expect([...detail.loud, ...quiet]).toHaveLength(whole.length);
      expect(whole).toEqual(expect.arrayContaining([...detail.loud, ...quiet]));
    }
  });

  it('keeps every failed message of a long run, and says how many others it left out', () => {
    const long = longReport(3_000);
    const messages = Array.from({ length: 100 }, (_, at) => ({
      message: `m-${at}`,
      traffic: 'alerts',
      person: 'ana',
      sensitivity: 'low',
      displayedOn: null,
      latencyMicros: null,
      tried: [],
      status: null,
      rules: at < 40 ? ['delivery/lost'] : [],
    }));
    const cells = long.cells.map((one) => ({ ...one, verdict: { ...one.verdict, messages } }));
    const [first] = chunksOf({ ...long, cells });
    expect(first?.verdict.messages).toHaveLength(40);
    expect(first?.messagesLeftOut).toBe(60);
  });

  it('cannot end or open a script element, whatever stands in a report', () => {
    const hostile = { text: '</script><!--<script>\u2028', tag: '<img src=x onerror=alert(1)>' };
    expect(embedJson(hostile)).not.toMatch(/[<\u2028]/);
    expect(JSON.parse(embedJson(hostile))).toEqual(hostile);
    const page = [...htmlChunks({ ...report, why: '</script><script>alert(1)</script>' })].join('');
    expect(page).not.toContain('<script>alert(1)');
    expect(page.match(/<\/script>/g)).toHaveLength(3);
  });

  it('is one script that parses: imports resolved, no name declared twice', () => {
    const page = [...htmlChunks(report)].join('');
    const code = page.slice(page.lastIndexOf('<script>') + 8, page.lastIndexOf('</script>'));
    expect(code).not.toMatch(/^(import|export) /m);
    expect(() => new Script(code)).not.toThrow();
  });

  it('stays small for 5,000 cells', () => {
    const chunks = [...htmlChunks(longReport(5_000))];
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    expect(bytes).toBeLessThan(25_000_000);
  });
});
