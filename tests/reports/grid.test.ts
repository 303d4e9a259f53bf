import { describe, expect, it } from 'vitest';
import { scenarioGroups } from '../../reports/figures.ts';
import { wordGrid } from '../../reports/grid.ts';
import { gridLines } from '../../reports/terminal/grid.ts';
import { createInk } from '../../reports/terminal/ink.ts';
import { cell } from './cell-fixture.ts';

const cells = ['on', 'off'].flatMap((carrier) =>
  ['android-16', 'ios-26.2'].flatMap((ana) =>
    ['android-16', 'ios-26.5'].map((ben) => {
      const one = cell({ scenario: 'interop/pairs', matrix: { ana, ben, carrier } });
      const locked = carrier === 'on' && ana === 'android-16';
      const counts = { ...one.verdict.counts, ...(locked && { padlocked: 6 }) };
      return { ...one, verdict: { ...one.verdict, counts } };
    }),
  ),
);
const [group] = scenarioGroups(cells);

describe('the grid in words', () => {
  it('tells of each field the verdict and in how many of its cells a padlock was shown', () => {
    const grid = wordGrid(group!);
    expect(grid).toMatchObject({ columns: ['android-16', 'ios-26.5'], folded: 'carrier' });
    expect(grid?.rows.map(({ fields }) => fields.map(({ shown }) => shown))).toEqual([
      ['locked 1/2', 'locked 1/2'],
      ['open', 'open'],
    ]);
  });

  it('is not there where no cell had a padlock', () => {
    const open = scenarioGroups(cells.slice(4));
    expect(wordGrid(open[0]!)).toBeNull();
  });

  it('is printed where the terminal is wide enough, and left out elsewhere', () => {
    const ink = createInk(false);
    const lines = gridLines(group!, 100, ink);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^ {2}android-16 +pass locked 1\/2 +pass locked 1\/2$/);
    expect(gridLines(group!, 40, ink)).toEqual([]);
  });
});
