/** Failures of the harness itself, as one kind of error. */
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';

/**
 * What was thrown, as a BellwetherError: HARNESS_FAILED (blame harness) unless it is one already.
 */
export function asHarnessError(error: unknown): BellwetherError {
  if (error instanceof BellwetherError) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new BellwetherError(`the harness failed: ${text}`, {
    code: 'HARNESS_FAILED',
    blame: 'harness',
    cause: error,
  });
}

/** The same error, saying in which cell it was met. */
export function withCell(error: BellwetherError, cell: Cell): BellwetherError {
  return new BellwetherError(`${cell.id}: ${error.message}`, {
    code: error.code,
    blame: error.blame,
    definite: error.definite,
    cause: error.cause ?? error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}
