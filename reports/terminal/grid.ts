import type { ScenarioGroup } from '../figures.ts';
import type { WordField } from '../grid.ts';
import { wordGrid } from '../grid.ts';
import type { Ink } from './ink.ts';
import { harmless, padEnd, widthOf } from './ink.ts';

const INDENT = 2;
const GAP = 2;

function textOf({ verdict, shown }: WordField): string {
  return verdict === null ? '–' : `${verdict} ${shown}`;
}

/** The grid under its scenario; nothing where the terminal is too narrow for it. */
export function gridLines(group: ScenarioGroup, columns: number, ink: Ink): string[] {
  const grid = wordGrid(group);
  if (grid === null) return [];
  const head = [grid.corner, ...grid.columns].map(harmless);
  const widths = head.map((text, at) => {
    const below = grid.rows.map(({ name, fields }) => {
      const field = fields[at - 1];
      return widthOf(at === 0 ? harmless(name) : field === undefined ? '' : textOf(field));
    });
    return Math.max(widthOf(text), ...below) + GAP;
  });
  if (INDENT + widths.reduce((sum, width) => sum + width, 0) > columns) return [];
  const indent = ' '.repeat(INDENT);
  const lines = grid.rows.map(({ name, fields }) => {
    const cells = fields.map((field, at) => {
      const text = padEnd(textOf(field), widths[at + 1] ?? 0);
      return field.verdict === null ? ink.quiet(text) : ink.verdict(field.verdict, text);
    });
    return indent + padEnd(harmless(name), widths[0] ?? 0) + cells.join('').trimEnd();
  });
  const titles = head.map((text, at) => padEnd(text, widths[at] ?? 0)).join('');
  const folded = grid.folded === '' ? '' : `; over ${grid.folded}`;
  const key = `locked: shown with a padlock${harmless(folded)}`;
  return [ink.quiet(indent + titles.trimEnd()), ...lines, ink.quiet(indent + key)];
}
