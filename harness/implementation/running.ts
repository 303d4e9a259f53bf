/** What the runner holds while something is under test, whichever way it was started. */
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import type { Target } from '../../simulators/kernel/target.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import type { Network } from '../../simulators/network/wire.ts';
import type { SteppedTap, Tap } from '../../simulators/network/tap.ts';
import type { Conversation } from './interface.ts';
import type { Description } from './description.ts';
import type { CreateModule } from './module-ports.ts';
import type { OutputLog } from './output-log.ts';

export interface StartContext {
  readonly description: Description;
  /** For `start: { module: … }`: what it exports as `create`. */
  readonly module: CreateModule | undefined;
  readonly ambient: Ambient;
  readonly network: Network;
  readonly policy: Policy;
  /** The world's placeholders; each start adds its own (`port`, `policy.file`, `data.dir`). */
  readonly environment: Readonly<Record<string, string>>;
  /** An empty folder of this cell for the implementation's data; undefined in virtual time. */
  readonly folder: string | undefined;
  /** Where what it prints is kept; undefined where nothing is. */
  readonly outputLog?: OutputLog;
  readonly taps: { readonly api: SteppedTap; readonly output: Tap; readonly files: Tap };
  /** What ids of messages begin with, for a program that knows those of an earlier cell. */
  readonly idPrefix?: string;
  /** Somebody asked for an early end: nothing is waited for any more. */
  readonly stopped?: () => boolean;
}

export interface RunningImplementation {
  readonly conversation: Conversation;
  /** Where its own HTTP doors are; undefined when it has none (stdio alone). */
  readonly baseUrl: string | undefined;
  /** `implementation`, with the verbs kill, restart, pause as far as this way of starting can. */
  readonly target: Target;
  /** Set when it is known to be unusable: it never got ready, crashed for good, hangs. */
  readonly down: boolean;
  /** Set while it is not known yet whether it hangs; resolves when it is. */
  readonly undecided: Promise<void> | undefined;
  /** The last lines of its output, for messages. */
  readonly lastOutput: readonly string[];
  /** Scans what it left behind (files, output). Called once, after stop. */
  scanEvidence(): void;
  stop(): Promise<void>;
}

export type StartImplementation = (context: StartContext) => Promise<RunningImplementation>;

/**
 * A process reads the machine's clock. What shifts it from outside (a preloaded library) shifts its
 * timers and certificates too, or only the calls of one language: no fault of a clock alone.
 */
export const WITHOUT_CLOCK: Readonly<Record<string, string>> = {
  'clock-skew':
    'A process of its own has the machine’s clock. Run the implementation as a module ' +
    '(start: { module: … }), or leave this scenario out.',
};
