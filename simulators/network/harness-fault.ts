import { BellwetherError } from '../kernel/errors.ts';

/**
 * A door's own exception: a defect of the simulator. It is told to the harness and never looks like
 * protocol traffic (no 500 of ours on a vendor's wire).
 */
export function harnessFault(cause: unknown, where: string): BellwetherError {
  if (cause instanceof BellwetherError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new BellwetherError(`The simulator failed at ${where}: ${text}`, {
    code: 'WORLD_DOOR_FAILED',
    blame: 'harness',
    cause,
  });
}
