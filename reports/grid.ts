/** A scenario's cells as a grid of words, for reports that have no colours and no choosers. */
import type { ScenarioGroup } from './figures.ts';
import { pageCell } from './html/page-data.ts';
import { gridOf } from './html/page/matrix-grid.js';
import type { Verdict } from '../simulators/kernel/words.ts';

export interface WordGrid {
  /** `ana ↓ ben →` */
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly fields: readonly WordField[] }[];
  /** What is folded into each field: `encryption, own-carrier`; empty for nothing. */
  readonly folded: string;
}

export interface WordField {
  /** The worst of its cells; null where there is none. */
  readonly verdict: Verdict | null;
  /** `locked`, `open`, `locked 2/16`: which cells were shown with a padlock. */
  readonly shown: string;
}

function padlockWords(locked: number, cells: number): string {
  if (locked === 0) return 'open';
  return locked === cells ? 'locked' : `locked ${locked}/${cells}`;
}

/**
 * Null where there are fewer than two axes, and where no cell was shown with a padlock: then the
 * verdicts alone say everything.
 */
export function wordGrid({ cells }: ScenarioGroup): WordGrid | null {
  if (!cells.some(({ verdict }) => (verdict.counts.padlocked ?? 0) > 0)) return null;
  const all = cells.map(pageCell);
  const grid = gridOf([...all.keys()], all);
  if (grid === null) return null;
  const { rowAxis, columnAxis, axes, columns } = grid;
  const folded = axes
    .filter(({ name, values }) => ![rowAxis, columnAxis].includes(name) && values.length > 1)
    .map(({ name }) => name)
    .join(', ');
  const rows = grid.rows.map(({ name, fields }) => ({
    name,
    fields: fields.map((field): WordField => {
      if (field === null) return { verdict: null, shown: '' };
      const locked = field.cells.filter((at) => (all[at]?.padlocked ?? 0) > 0).length;
      const verdict = all[field.worst]?.verdict ?? 'inconclusive';
      return { verdict, shown: padlockWords(locked, field.cells.length) };
    }),
  }));
  return { corner: `${rowAxis} ↓ ${columnAxis} →`, columns, rows, folded };
}
