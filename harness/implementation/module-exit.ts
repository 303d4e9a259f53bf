/**
 * What ends the process of a module (`process.exit`) would end the harness, with an exit code of
 * the module's choosing and no verdict. It is the end of the module alone.
 */
import { syncBuiltinESMExports } from 'node:module';

/** Thrown where a module ends its process, so that nothing of it runs on from there. */
export class ModuleExit extends Error {
  /** Of a process that ends itself so; null: it is ended by a signal, or is another program. */
  readonly code: number | null;

  constructor(call: string, code: number | null) {
    super(call);
    this.name = 'ModuleExit';
    this.code = code;
  }
}

type End = (...given: unknown[]) => unknown;
/** Every way in which code ends its process without a signal from outside. */
const ENDS = ['exit', 'reallyExit', 'abort', 'execve'] as const;

/** What is known of the ends of this process; it stands where they stand, on the process. */
interface Guard {
  watching: ((exit: ModuleExit) => void) | undefined;
  /** What listens to `exit` has been told. */
  ending: boolean;
}
const GUARD = Symbol.for('bellwether.ends');
type Guarded = Record<(typeof ENDS)[number], End> & { [GUARD]?: Guard };

function exitOf(name: (typeof ENDS)[number], code: unknown): ModuleExit {
  if (name === 'abort' || name === 'execve') return new ModuleExit(`process.${name}()`, null);
  const number = Number(code ?? process.exitCode ?? 0);
  return new ModuleExit(`process.${name}(${number})`, number);
}

/**
 * Stands before all of them from the first call on, so that a module which keeps one for later, or
 * imports it by its name, keeps ours. While nobody watches they do what they always do.
 */
function guardExits(): Guard {
  const ends = process as unknown as Guarded;
  if (ends[GUARD] !== undefined) return ends[GUARD];
  const guard: Guard = { watching: undefined, ending: false };
  Object.defineProperty(ends, GUARD, { value: guard });
  const { exit } = ends;
  for (const name of ENDS) {
    const own = ends[name];
    ends[name] = (...given) => {
      if (guard.watching !== undefined) {
        const caught = exitOf(name, given[0]);
        guard.watching(caught);
        throw caught;
      }
      if (name !== 'reallyExit' || guard.ending) return own.apply(process, given);
      // Past what listens to the end of this process: it is told first.
      guard.ending = true;
      return exit.apply(process, given);
    };
  }
  syncBuiltinESMExports();
  return guard;
}

/** Tells each end until the returned function is called. */
export function watchExits(exited: (exit: ModuleExit) => void): () => void {
  const guard = guardExits();
  guard.watching = exited;
  return () => {
    guard.watching = undefined;
  };
}
