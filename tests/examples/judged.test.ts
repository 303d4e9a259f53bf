import { expect, test } from 'vitest';
import type { RunReport } from '../../reports/model.ts';
import { mustFindings } from './judged.ts';

type Cell = RunReport['cells'][number];

/** A cell of a report, as far as findings are asked for. */
const cell = (scenario: string, ...spoke: readonly [string, string, number][]): Cell => {
  const rules = spoke.map(([rule, level, count]) => ({ rule, level, findings: Array(count) }));
  return { scenario, verdict: { rules } } as unknown as Cell;
};

test('what any cell of a scenario has found counts, not only its last', () => {
  const cells = [
    cell('grid', ['delivery/lost', 'must', 1]),
    cell('grid', ['fallback/late', 'must', 2], ['delivery/lost', 'must', 1]),
    cell('grid', ['delivery/lost', 'must', 0], ['fallback/known-dead', 'should', 1]),
    cell('quiet', ['delivery/lost', 'must', 0]),
  ];
  expect(mustFindings({ cells })).toEqual({ grid: ['delivery/lost', 'fallback/late'] });
});
