/** What a run of one cell is given, and what it gives back. */
import type { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { HistoryReader } from '../../simulators/kernel/history.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import type { FixedAddresses } from '../../simulators/network/socket-network.ts';
import type { Description } from '../implementation/description.ts';

export interface CellRunOptions {
  readonly cell: Cell;
  /** undefined for world checks: nothing is under test. */
  readonly description: Description | undefined;
  readonly wire: 'memory' | 'sockets';
  /** Where the history goes; undefined = nowhere (benchmarks). */
  readonly historyFile: string | undefined;
  /** An empty folder for what the implementation writes (wall time). */
  readonly folder: string | undefined;
  /** Where what a program of its own prints is kept; it is made when something is printed. */
  readonly outputFile?: string;
  /** Readers that must see every event from the first (judge, progress). */
  readonly readers: readonly HistoryReader[];
  /** Asks for an early, orderly end. */
  readonly signal?: AbortSignal;
  readonly onPhase?: (phase: 'starting' | 'main' | 'heal' | 'final', endsAtMicros: number) => void;
  /** For a program that was told its addresses beforehand; undefined = any free ports. */
  readonly fixed?: FixedAddresses;
  /**
   * For a program that goes on running from cell to cell: the seed of the keys that it was told,
   * what ids of people and messages begin with here and after which number those of the world are
   * counted, so that none comes twice, and how long the world stands before the first message,
   * until what it holds against the last one is over.
   */
  readonly told?: {
    readonly keySeed: number;
    readonly idPrefix: string;
    readonly idsAfter: number;
    readonly settleMicros: number;
  };
  /** The honesty probe asks its questions instead of going through the traffic alone. */
  readonly probe?: boolean;
  /**
   * Without the probe, for the first cell of a run: where not one message is taken, the template
   * is in doubt and nothing is judged (IMPLEMENTATION_TEMPLATE).
   */
  readonly provesTemplate?: boolean;
  /** For the selftest: names of faults that are planned and never armed. */
  readonly idleFaults?: readonly string[];
}

export interface CellRun {
  /** Set when the harness or its environment failed: the verdict is error, never fail. */
  readonly error?: BellwetherError;
  readonly lastedMicros: number;
  readonly events: number;
}
