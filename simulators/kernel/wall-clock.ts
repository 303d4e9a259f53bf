import type { Clock, Task, Timer } from './clock.ts';
import { MICROS_PER_MILLI, runTask } from './clock.ts';
import type { InLine } from './in-order.ts';
import { InOrder } from './in-order.ts';

/** Longest delay that setTimeout takes without wrapping (2^31 - 1 ms). */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export interface WallClock extends Clock {
  /** Cancels every timer that is still waiting. */
  stop(): void;
}

/** A timer, its own handle, and its place in the line that it waits in. */
class Entry implements Timer, InLine<Entry> {
  /** The millisecond in which it is due; -1: later in this instant. */
  readonly dueMs: number;
  readonly daemon: boolean;
  readonly task: Task;
  /** Undefined once it has run or was cancelled. */
  line: Line | undefined = undefined;
  before: Entry | undefined = undefined;
  after: Entry | undefined = undefined;
  readonly #cancel: (entry: Entry) => void;

  constructor(dueMs: number, daemon: boolean, task: Task, cancel: (entry: Entry) => void) {
    this.dueMs = dueMs;
    this.daemon = daemon;
    this.task = task;
    this.#cancel = cancel;
  }

  cancel(): void {
    this.#cancel(this);
  }
}

/** Timers in the order in which they were set; each knows the line that it waits in. */
class Line extends InOrder<Entry> {
  override add(entry: Entry): void {
    entry.line = this;
    super.add(entry);
  }

  override delete(entry: Entry): boolean {
    entry.line = undefined;
    return super.delete(entry);
  }

  clear(): void {
    while (this.first !== undefined) this.delete(this.first);
  }
}

/** A binary heap of numbers, smallest first. */
function createNumberHeap() {
  const heap: number[] = [];
  return {
    /** undefined when there is none. */
    get top(): number | undefined {
      return heap[0];
    },
    push: (value: number): void => {
      let index = heap.push(value) - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (heap[parent]! <= value) break;
        heap[index] = heap[parent]!;
        index = parent;
      }
      heap[index] = value;
    },
    pop: (): void => {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      let index = 0;
      for (let child = 1; child < heap.length; child = 2 * index + 1) {
        if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
        if (heap[child]! >= last) break;
        heap[index] = heap[child]!;
        index = child;
      }
      heap[index] = last;
    },
    clear: (): void => {
      heap.length = 0;
    },
  };
}

/**
 * Real time. Thousands of timers share one of Node's: they lie in slots of a millisecond, which is
 * as fine as Node's timers are, and a slot runs in the order in which its timers were set. A timer
 * is never early.
 */
export function createWallClock(): WallClock {
  const beginMs = performance.now();
  const slots = new Map<number, Line>();
  /** The milliseconds of the slots, and of slots that are gone. */
  const dues = createNumberHeap();
  /** What is to run later in this instant. */
  let instant = new Line();
  /** What of it is run now. */
  let turn = new Line();
  let instantHandle: NodeJS.Immediate | undefined;
  let timeout: NodeJS.Timeout | undefined;
  /** What Node's timer waits for; -Infinity while slots are run. */
  let armedMs = Infinity;
  let pending = 0;

  const elapsedMs = (): number => performance.now() - beginMs;

  const nextDue = (): number | undefined => {
    while (dues.top !== undefined && !slots.has(dues.top)) dues.pop();
    return dues.top;
  };

  const arm = (): void => {
    const due = nextDue() ?? Infinity;
    if (due === armedMs) return;
    clearTimeout(timeout);
    armedMs = due;
    if (due === Infinity) return;
    const delayMs = Math.min(LONGEST_TIMEOUT_MS, Math.max(1, Math.ceil(due - elapsedMs())));
    timeout = setTimeout(runDue, delayMs);
  };

  const run = (entry: Entry, from: Line): void => {
    from.delete(entry);
    if (!entry.daemon) pending--;
    runTask(entry.task);
  };

  const runDue = (): void => {
    armedMs = -Infinity;
    try {
      for (let due = nextDue(); due !== undefined && due <= elapsedMs(); due = nextDue()) {
        const slot = slots.get(due);
        while (slot?.first !== undefined) run(slot.first, slot);
        if (slots.get(due) === slot) slots.delete(due);
      }
    } finally {
      // Also when a task throws: the others still run.
      armedMs = Infinity;
      arm();
    }
  };

  const runInstant = (): void => {
    instantHandle = undefined;
    // What these add comes after what the sockets have to say.
    turn = instant;
    instant = new Line();
    try {
      while (turn.first !== undefined) run(turn.first, turn);
    } finally {
      // Also when a task throws: the others still run, before those that were added.
      if (turn.first !== undefined) {
        for (let added = instant.first; added !== undefined; added = instant.first) {
          instant.delete(added);
          turn.add(added);
        }
        [instant, turn] = [turn, instant];
      }
      if (instant.first !== undefined) instantHandle ??= setImmediate(runInstant);
    }
  };

  const cancel = (entry: Entry): void => {
    const { line, dueMs } = entry;
    if (line === undefined) return;
    line.delete(entry);
    if (!entry.daemon) pending--;
    if (line.first !== undefined || slots.get(dueMs) !== line) return;
    slots.delete(dueMs);
    // With nothing left to wait for, the process may end.
    if (slots.size === 0 && armedMs !== -Infinity) arm();
  };

  return {
    kind: 'wall',
    // A tenth of the cost of hrtime.bigint(), and asked for several times a request.
    now: () => Math.floor((performance.now() - beginMs) * MICROS_PER_MILLI),
    epochMillis: () => Date.now(),
    touch: () => {},
    get pending() {
      return pending;
    },
    after: (delayMicros, task, options) => {
      const daemon = options?.daemon ?? false;
      if (!daemon) pending++;
      if (delayMicros <= 0) {
        const entry = new Entry(-1, daemon, task, cancel);
        instant.add(entry);
        instantHandle ??= setImmediate(runInstant);
        return entry;
      }
      const dueMs = Math.ceil(elapsedMs() + delayMicros / MICROS_PER_MILLI);
      const entry = new Entry(dueMs, daemon, task, cancel);
      let slot = slots.get(dueMs);
      if (slot !== undefined) {
        slot.add(entry);
        return entry;
      }
      slot = new Line();
      slot.add(entry);
      slots.set(dueMs, slot);
      dues.push(dueMs);
      if (dueMs < armedMs) arm();
      return entry;
    },
    stop: () => {
      clearTimeout(timeout);
      clearImmediate(instantHandle);
      armedMs = Infinity;
      instantHandle = undefined;
      for (const slot of slots.values()) slot.clear();
      slots.clear();
      dues.clear();
      instant.clear();
      turn.clear();
      pending = 0;
    },
  };
}
