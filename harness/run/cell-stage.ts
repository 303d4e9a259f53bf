/** What one cell stands on: its clock, history and wire, and what is put on them as it starts. */
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { createHistory, fileSink } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import type { Network } from '../../simulators/network/wire.ts';
import type { World } from '../../simulators/world.ts';
import { certificateNames } from '../../simulators/world/vendor-hosts.ts';
import type { RunningImplementation } from '../implementation/running.ts';
import type { CellRunOptions } from './cell-options.ts';
import { until } from './drive.ts';
import { asHarnessError } from './harness-error.ts';
import type { Submissions } from './submissions.ts';
import { ownRandom } from './told-random.ts';

export interface CellStage {
  readonly options: CellRunOptions;
  readonly ambient: Ambient;
  readonly network: Network;
  /** Called in the opposite order, when the history is closed. */
  readonly undo: (() => unknown)[];
  /** The first failure of the harness; it ends the cell. */
  readonly failed: BellwetherError | undefined;
  fail(error: unknown): void;
  /** Somebody asked for an early end, or the harness failed. */
  stopped(): boolean;
  /**
   * Runs promise work while time goes on. Too long is HARNESS_DEADLINE (blame harness), not a
   * verdict.
   */
  guarded(work: Promise<unknown>, limitMicros: number, what: string): Promise<void>;
  /** While it starts, or when that did not come to an end: it may still bring something up. */
  starting: Promise<unknown> | undefined;
  /** Undefined until they exist: a start that fails half-way is torn down as far as it got. */
  world: World | undefined;
  implementation: RunningImplementation | undefined;
  submissions: Submissions | undefined;
}

/** Throws HISTORY_NOT_WRITTEN where the history has no place. */
export async function createStage(options: CellRunOptions): Promise<CellStage> {
  const { wire, historyFile } = options;
  const sink = historyFile === undefined ? undefined : fileSink(historyFile);
  const undo: (() => unknown)[] = [];
  let failed: BellwetherError | undefined;
  const fail = (error: unknown): void => {
    failed ??= asHarnessError(error);
  };
  const inMemory = (): { clock: Ambient['clock']; network: Network } => {
    const clock = createVirtualClock();
    return { clock, network: createMemoryNetwork({ clock, onHarnessError: fail }) };
  };
  const onSockets = async (): Promise<{ clock: Ambient['clock']; network: Network }> => {
    // A run in memory pays for neither TLS nor HTTP/2.
    const { createSocketNetwork } = await import('../../simulators/network/socket-network.ts');
    const clock = createWallClock();
    undo.push(() => clock.stop());
    const fixed = options.fixed === undefined ? {} : { fixed: options.fixed };
    const network = createSocketNetwork({
      clock,
      onHarnessError: fail,
      certificateNames: certificateNames(),
      ...fixed,
    });
    return { clock, network };
  };
  const { clock, network } = wire === 'memory' ? inMemory() : await onSockets();
  undo.push(() => network.close());
  const history = createHistory(clock, sink, fail);
  for (const reader of options.readers) history.subscribe(reader);
  // What runs in this process may end it at any time; what was told up to then is kept, before
  // whoever else hears of the end can make it worse.
  const keep = (): void => history.flush();
  process.prependListener('exit', keep);
  undo.push(() => process.off('exit', keep));
  const random = ownRandom(options);
  const ids = createIds(random.fork('ids'), options.told?.idsAfter);
  const index = createMessageIndex();
  return {
    options,
    ambient: { clock, random, ids, history, index },
    network,
    undo,
    get failed() {
      return failed;
    },
    fail,
    stopped: () => options.signal?.aborted === true || failed !== undefined,
    guarded: async (work, limitMicros, what) => {
      if (await until(clock, work, limitMicros)) return;
      throw new BellwetherError(`${what} did not end within ${limitMicros / 1e6} s`, {
        code: 'HARNESS_DEADLINE',
        blame: 'harness',
        hint: 'The history up to here is kept.',
      });
    },
    starting: undefined,
    world: undefined,
    implementation: undefined,
    submissions: undefined,
  };
}
