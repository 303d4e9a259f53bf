/**
 * What a module lets fail with nobody listening, a promise or an event, would end a process of its
 * own; here it would end the harness. It is the module's crash. What comes from our own code stays
 * our defect.
 */
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { ModuleExit } from './module-exit.ts';

/** Errors that our network gives to its callers; whoever made the call has to listen. */
function isConnectionError(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } | undefined };
  return [code, cause?.code].some((word) => typeof word === 'string' && /^E[A-Z]+$/.test(word));
}

function isOf(folder: string, error: unknown): boolean {
  if (error instanceof BellwetherError) return false;
  if (!(error instanceof Error)) return true;
  return isConnectionError(error) || (error.stack?.includes(folder) ?? true);
}

/** Watches until the returned function is called. */
export function watchUncaught(folder: string, crashed: (error: unknown) => void): () => void {
  const take = (error: unknown): void => {
    // It was told when it happened.
    if (error instanceof ModuleExit) return;
    if (isOf(folder, error)) crashed(error);
    // As it would be without us.
    else throw error;
  };
  process.on('unhandledRejection', take);
  process.on('uncaughtException', take);
  return () => {
    process.removeListener('unhandledRejection', take);
    process.removeListener('uncaughtException', take);
  };
}
