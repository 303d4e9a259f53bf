/**
 * One error class for the whole project. A finding about an implementation is never an error: it is
 * data in a verdict. Only `blame: 'harness' | 'environment'` leads to the verdict `error` (exit 4);
 * `author` (a file or an option) and an unusable template lead to exit 3.
 */

/** Who has to act: the author of a file or option, the implementation, us, or the machine. */
export type Blame = 'author' | 'implementation' | 'harness' | 'environment';

/** A place in a text file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The offending source line, for the caret picture. */
  readonly sourceLine?: string;
  /** How many characters the caret underlines. */
  readonly length?: number;
}

export interface ErrorDetails {
  /** SCREAMING_SNAKE with the room as prefix: SCENARIO_, IMPLEMENTATION_, WIRE_, WORLD_, CLI_ … */
  readonly code: string;
  readonly blame: Blame;
  /** Did the effect certainly not happen? When in doubt, false. */
  readonly definite?: boolean;
  /** What to do next, with the nearest valid word where there is one. */
  readonly hint?: string;
  readonly at?: Position;
  readonly cause?: unknown;
}

export class BellwetherError extends Error {
  readonly code: string;
  readonly blame: Blame;
  readonly definite: boolean;
  readonly hint: string | undefined;
  readonly at: Position | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'BellwetherError';
    this.code = details.code;
    this.blame = details.blame;
    this.definite = details.definite ?? false;
    this.hint = details.hint;
    this.at = details.at;
  }
}

/** Several problems of one input, collected instead of stopping at the first. */
export class BellwetherErrors extends BellwetherError {
  readonly problems: readonly BellwetherError[];

  constructor(problems: readonly BellwetherError[]) {
    const first = problems[0];
    if (first === undefined) throw new TypeError('BellwetherErrors needs at least one problem');
    super(first.message, { code: first.code, blame: first.blame });
    this.problems = problems;
  }
}

/** States a fact about our own code; its failure is a defect of the harness. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition)
    throw new BellwetherError(message, { code: 'HARNESS_INVARIANT', blame: 'harness' });
}

/** Edit distance with an early exit, for "did you mean". */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The valid word nearest to what was written, or undefined when nothing is near. */
export function nearestWord(written: string, valid: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const word of valid) {
    const distance = editDistance(written.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best;
}
