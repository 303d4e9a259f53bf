import type { Clock, Task, Timer, TimerOptions } from './clock.ts';
import { MICROS_PER_MILLI, VIRTUAL_EPOCH_MS, runTask } from './clock.ts';

/** A timer, and its own handle: there are dozens for each message. */
class Entry implements Timer {
  readonly at: number;
  readonly order: number;
  readonly daemon: boolean;
  task: Task | undefined;
  readonly #cancelled: (entry: Entry) => void;

  constructor(
    at: number,
    order: number,
    daemon: boolean,
    task: Task,
    cancelled: (entry: Entry) => void,
  ) {
    this.at = at;
    this.order = order;
    this.daemon = daemon;
    this.task = task;
    this.#cancelled = cancelled;
  }

  cancel(): void {
    if (this.task === undefined) return;
    this.task = undefined;
    this.#cancelled(this);
  }
}

export interface VirtualClock extends Clock {
  /**
   * Runs timers in order of (time, sequence) until `untilMicros`, or until `stop()` says so (asked
   * whenever time would move on). Time then stands at `untilMicros`, or at the last timer.
   */
  run(untilMicros: number, stop?: () => boolean): Promise<void>;
  /** Lets all promise work finish that needs no timer. */
  settle(): Promise<void>;
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Fewer cancelled timers are not worth a look at all entries. */
const FEWEST_DEAD = 256;

/** A binary heap ordered by (time, sequence); kept here because it is the hot loop. */
class TimerHeap {
  #entries: Entry[] = [];
  /** Cancelled and still inside. */
  #dead = 0;

  get top(): Entry | undefined {
    return this.#entries[0];
  }

  push(entry: Entry): void {
    const heap = this.#entries;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const other = heap[parent]!;
      if (!before(entry, other)) break;
      heap[index] = other;
      index = parent;
    }
    heap[index] = entry;
  }

  pop(): void {
    const heap = this.#entries;
    const top = heap[0];
    if (top === undefined) return;
    if (top.task === undefined) this.#dead--;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last, 0);
  }

  /**
   * One was cancelled. Most timers are time limits that are never reached: once they are the
   * greater part, they are taken out, or each push and pop would pay for them.
   */
  cancelled(): void {
    this.#dead++;
    if (this.#dead < FEWEST_DEAD || this.#dead * 2 < this.#entries.length) return;
    this.#dead = 0;
    const heap = this.#entries.filter((entry) => entry.task !== undefined);
    this.#entries = heap;
    for (let index = (heap.length >> 1) - 1; index >= 0; index--) this.#sink(heap[index]!, index);
  }

  /** Puts an entry at or below a place that is free. */
  #sink(last: Entry, from: number): void {
    const heap = this.#entries;
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

/** Within this: nearly all are ways of exchanges in memory, each as long as the others. */
const NEAR_MICROS = 1_000;
/** Taken ones before the list is cut. */
const MOST_TAKEN = 1_024;

/** Timers set in the order in which they fall due, so that they need no heap. */
class NearTimers {
  #entries: Entry[] = [];
  #front = 0;
  #lastAt = 0;

  get top(): Entry | undefined {
    return this.#entries[this.#front];
  }

  /** False when it would be out of order. */
  takes(at: number): boolean {
    return at >= this.#lastAt;
  }

  push(entry: Entry): void {
    this.#lastAt = entry.at;
    this.#entries.push(entry);
  }

  pop(): void {
    this.#front++;
    if (this.#front === this.#entries.length) this.#entries.length = 0;
    else if (this.#front < MOST_TAKEN) return;
    else this.#entries.splice(0, this.#front);
    this.#front = 0;
  }
}

/** Turns of the event loop taken one by one before they may be taken in batches. */
const FIRST_TURNS = 256;
const TURNS_AT_ONCE = 64;

interface Turns {
  /** After the next turn. */
  next(): Promise<void>;
  /** Nobody else was ever seen to use immediates. */
  readonly alone: boolean;
}

/**
 * Turns of the event loop, in which Node runs every microtask and nextTick. A round of the loop
 * asks the system for input, which costs more than most turns; but between two immediates of one
 * round Node runs all that too, so a batch of them gives many turns for one round. An immediate of
 * somebody else would then come a batch late: whoever uses one gets a round for each turn.
 */
function createTurns(): Turns {
  let waiting: (() => void)[] = [];
  let queued = 0;
  let taken = 0;
  let alone = true;
  const turn = (): void => {
    queued--;
    taken++;
    const all = waiting;
    waiting = [];
    for (const resolve of all) resolve();
  };
  const wait = (resolve: () => void): void => {
    waiting.push(resolve);
    if (queued > 0) return;
    const first = setImmediate(turn);
    // Node links what waits for a round; a predecessor is somebody else's. Not to know is to share.
    alone &&= Reflect.get(first, '_idlePrev') === null;
    queued = alone && taken >= FIRST_TURNS ? TURNS_AT_ONCE : 1;
    for (let more = 1; more < queued; more++) setImmediate(turn);
  };
  return {
    next: () => new Promise(wait),
    get alone() {
      return alone;
    },
  };
}

export function createVirtualClock(): VirtualClock {
  const heap = new TimerHeap();
  const near = new NearTimers();
  const turns = createTurns();
  let now = 0;
  let order = 0;
  let pending = 0;
  let touched = false;

  const cancelledNear = (entry: Entry): void => {
    if (!entry.daemon) pending--;
  };
  const cancelled = (entry: Entry): void => {
    if (!entry.daemon) pending--;
    heap.cancelled();
  };

  const settle = async (): Promise<void> => {
    while (touched) {
      touched = false;
      await turns.next();
      // A turn comes after every microtask and nextTick, those that they began included: what was
      // touched meanwhile is done, too, unless it waits for an immediate of its own.
      if (turns.alone) touched = false;
    }
  };

  return {
    kind: 'virtual',
    now: () => now,
    epochMillis: () => VIRTUAL_EPOCH_MS + Math.floor(now / MICROS_PER_MILLI),
    touch: () => {
      touched = true;
    },
    get pending() {
      return pending;
    },
    after: (delayMicros: number, task: Task, options?: TimerOptions): Timer => {
      const daemon = options?.daemon ?? false;
      const at = now + Math.max(0, Math.round(delayMicros));
      if (!daemon) pending++;
      const isNear = at - now <= NEAR_MICROS && near.takes(at);
      const entry = new Entry(at, order++, daemon, task, isNear ? cancelledNear : cancelled);
      if (isNear) near.push(entry);
      else heap.push(entry);
      return entry;
    },
    settle,
    run: async (untilMicros, stop) => {
      touched = true;
      for (;;) {
        const late = heap.top;
        const soon = near.top;
        const isNear = soon !== undefined && (late === undefined || before(soon, late));
        const next = isNear ? soon : late;
        if (next === undefined || next.at > now) {
          if (touched) {
            await settle();
            continue;
          }
          if (stop?.() === true) return;
          if (next === undefined || next.at > untilMicros) break;
          now = next.at;
        }
        if (isNear) near.pop();
        else heap.pop();
        const task = next.task;
        if (task === undefined) continue;
        next.task = undefined;
        if (!next.daemon) pending--;
        runTask(task);
      }
      now = Math.max(now, untilMicros);
    },
  };
}
