import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { LintCheck, LintRemark } from './check.ts';

/**
 * What the cell does, without what it is called. Between people the rule e2ee/interop judges by the
 * switch itself, so that a switch without any effect is a test of its own.
 */
function doing({ id: _id, matrix: _matrix, hypothetical: _label, ...cell }: Cell): string {
  const isSaid = (key: string): boolean => cell.worldCheck || key !== 'e2eeSwitch';
  return JSON.stringify(cell, (key, value: unknown) => (isSaid(key) ? value : undefined));
}

function words(matrix: Cell['matrix']): string {
  return Object.entries(matrix)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(', ');
}

export const equalCells = {
  name: 'equal-cells',
  doc: 'Two combinations of the matrix come out as the same world and the same traffic.',
  kind: 'vain',
  look: ({ cells }) => {
    const first = new Map<string, Cell>();
    return cells.flatMap((cell): LintRemark[] => {
      const key = doing(cell);
      const twin = first.get(key);
      if (twin === undefined) {
        first.set(key, cell);
        return [];
      }
      return [
        {
          path: ['matrix'],
          part: 'key',
          message: `[${words(twin.matrix)}] and [${words(cell.matrix)}] are the same test`,
          hint: 'A carrier or a profile may overrule the axis: leave that combination out.',
        },
      ];
    });
  },
} as const satisfies LintCheck;
