/** An error as data: between threads it would arrive as a plain Error without its details. */
import { BellwetherError, BellwetherErrors } from '../../../simulators/kernel/errors.ts';
import type { Blame, Position } from '../../../simulators/kernel/errors.ts';

export interface Thrown {
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string;
  readonly blame: Blame;
  readonly definite: boolean;
  readonly hint: string | undefined;
  readonly at: Position | undefined;
  /** Where it stands for several. */
  readonly problems: readonly Thrown[] | undefined;
}

export function thrownOf(error: BellwetherError): Thrown {
  const { message, stack, code, blame, definite, hint, at } = error;
  const problems = error instanceof BellwetherErrors ? error.problems.map(thrownOf) : undefined;
  return { message, stack, code, blame, definite, hint, at, problems };
}

export function errorOf({
  message,
  stack,
  problems,
  hint,
  at,
  ...details
}: Thrown): BellwetherError {
  if (problems !== undefined) return new BellwetherErrors(problems.map(errorOf));
  const error = new BellwetherError(message, {
    ...details,
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  });
  if (stack !== undefined) error.stack = stack;
  return error;
}
