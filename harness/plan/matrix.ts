import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';
import type { Source, SourcePath } from '../scenario/source.ts';

export type Combination = Readonly<Record<string, string>>;

/**
 * All combinations of a matrix, the last axis turning fastest; one empty one when there is none.
 */
export function combinationsOf(
  matrix: Readonly<Record<string, readonly unknown[]>>,
): Combination[] {
  let combinations: Combination[] = [{}];
  for (const [axis, values] of Object.entries(matrix)) {
    combinations = combinations.flatMap((combination) =>
      values.map((value) => ({ ...combination, [axis]: axisWord(value) })),
    );
  }
  return combinations;
}

/** YAML 1.1 tools may have made booleans of on and off. */
function axisWord(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

const PLACEHOLDER = /\$\{([^}]*)\}/g;

export interface Substituted {
  readonly value: unknown;
  readonly problems: BellwetherError[];
  /** The axes that the document makes use of. */
  readonly used: ReadonlySet<string>;
}

/**
 * Replaces `${axis}` in every string value; an axis that does not exist is an error at its place.
 */
export function substitute(source: Source, value: unknown, combination: Combination): Substituted {
  const problems: BellwetherError[] = [];
  const used = new Set<string>();
  const walk = (here: unknown, path: SourcePath): unknown => {
    if (typeof here === 'string') {
      return here.replace(PLACEHOLDER, (whole, axis: string) => {
        const word = Object.hasOwn(combination, axis) ? combination[axis] : undefined;
        if (word !== undefined) {
          used.add(axis);
          return word;
        }
        const near = nearestWord(axis, Object.keys(combination));
        problems.push(
          new BellwetherError(`${whole} names no axis of the matrix`, {
            code: 'SCENARIO_UNKNOWN_AXIS',
            blame: 'author',
            at: source.positionOf(path),
            hint: near === undefined ? 'Add it to matrix.' : `Did you mean \${${near}}?`,
          }),
        );
        return whole;
      });
    }
    if (Array.isArray(here)) return here.map((item, index) => walk(item, [...path, index]));
    if (typeof here === 'object' && here !== null) {
      return Object.fromEntries(
        Object.entries(here).map(([key, item]) => [key, walk(item, [...path, key])]),
      );
    }
    return here;
  };
  return { value: walk(value, []), problems, used };
}
