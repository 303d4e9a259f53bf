/** What a person has under way, so that order is kept. */
export interface Lane {
  count: number;
  held: number;
  /** When the last of it arrives. */
  lastAtMicros: number;
}

/** With fewer lanes than this nobody looks for empty ones. */
const FEWEST_SWEPT = 1_024;

/**
 * The lanes of people with something under way. Whoever gets one message gets another: a lane that
 * is empty stays until there are as many of those as of others, for to remove each at once costs
 * more than what it counts.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #used = 0;

  /** Lanes that are kept, empty ones too. */
  get size(): number {
    return this.#lanes.size;
  }

  /** Undefined or empty: nothing is under way. */
  of(person: string): Lane | undefined {
    return this.#lanes.get(person);
  }

  enter(person: string): Lane {
    let lane = this.#lanes.get(person);
    if (lane === undefined) {
      if (this.#lanes.size >= Math.max(FEWEST_SWEPT, 2 * this.#used)) this.#sweep();
      this.#lanes.set(person, (lane = { count: 0, held: 0, lastAtMicros: 0 }));
    }
    if (lane.count++ === 0) this.#used++;
    return lane;
  }

  leave(lane: Lane): void {
    if (--lane.count === 0) this.#used--;
  }

  #sweep(): void {
    for (const [person, lane] of this.#lanes) if (lane.count === 0) this.#lanes.delete(person);
  }
}
