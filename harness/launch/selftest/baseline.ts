/**
 * Mutants that were killed once, and by which rule: a committed file beside the reference, so that
 * one that disappears, or whose rule is changed to suit a weaker judge, is seen and not forgotten.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { BellwetherError } from '../../../simulators/kernel/errors.ts';
import type { MutantRow } from './selftest.ts';

/** Mutant → the rule that catches it. */
export type Baseline = Readonly<Record<string, string>>;

export const BASELINE_FILE = 'selftest-baseline.json';

/** Throws SELFTEST_BASELINE where there is none, or one that cannot be read. */
export function readBaseline(file: string): Baseline {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new BellwetherError(`cannot read the selftest's baseline ${file}`, {
      code: 'SELFTEST_BASELINE',
      blame: 'harness',
      hint: 'Restore it, or write it anew: bellwether selftest --write-baseline.',
      cause: error,
    });
  }
}

/** Sorted by name, so that a change shows as the lines that it changes. */
export function baselineText(mutants: readonly MutantRow[]): string {
  const rows = mutants.map(({ id, rule }): [string, string] => [id, rule]);
  const sorted = rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

export function writeBaseline(file: string, mutants: readonly MutantRow[]): void {
  writeFileSync(file, baselineText(mutants));
}

export interface BaselineComparison {
  /** Each names its mutant; any is red. */
  readonly problems: readonly string[];
  /** Mutants that the baseline does not have yet, by name. */
  readonly added: readonly string[];
}

/** `only`: mutants whose name lacks this text were not run and are not missed. */
export function compareWithBaseline(
  baseline: Baseline,
  mutants: readonly MutantRow[],
  only = '',
): BaselineComparison {
  const rows = new Map(mutants.map((row) => [row.id, row]));
  const expected = Object.entries(baseline).filter(([id]) => id.includes(only));
  const byName = expected.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const problems = byName.flatMap(([id, rule]) => {
    const row = rows.get(id);
    if (row === undefined) return [`${id}: there is no such mutant any more (${rule} killed it)`];
    if (row.rule !== rule) return [`${id}: was killed by ${rule}, and now names ${row.rule}`];
    if (row.result !== 'killed') return [`${id}: was killed by ${rule}, and is ${row.result} now`];
    return [];
  });
  const added = [...rows.keys()].filter((id) => !Object.hasOwn(baseline, id)).toSorted();
  return { problems, added };
}
