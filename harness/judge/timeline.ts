import type { ComponentState } from '../../simulators/kernel/words.ts';

/** States by how bad they are, so that the worst of several is their maximum. */
export const RANK = { up: 0, degraded: 1, down: 2 } as const satisfies Record<
  ComponentState,
  number
>;
const STATES = ['up', 'degraded', 'down'] as const;

export function stateOfRank(rank: number): ComponentState {
  return STATES[rank] ?? 'down';
}

/** A piece of time, µs, `from` included and `to` not. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A value that changes at known times: appended in order, asked for any time. */
export class Timeline<T> {
  readonly #times: number[] = [];
  readonly #values: T[] = [];
  readonly #initial: T;

  constructor(initial: T) {
    this.#initial = initial;
  }

  /** A later push at the same time wins. */
  push(at: number, value: T): void {
    this.#times.push(at);
    this.#values.push(value);
  }

  /** Index of the last change at or before `at`; −1 before the first. */
  #indexAt(at: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  at(time: number): T {
    const index = this.#indexAt(time);
    return index < 0 ? this.#initial : (this.#values[index] ?? this.#initial);
  }

  /** Every value that it had in [from, to), the one at `from` first. */
  during(from: number, to: number): T[] {
    const values = [this.at(from)];
    for (let index = this.#indexAt(from) + 1; index < this.#times.length; index++) {
      if ((this.#times[index] ?? 0) >= to) break;
      values.push(this.#values[index] ?? this.#initial);
    }
    return values;
  }

  /** Times of change strictly inside (from, to). */
  changesIn(from: number, to: number): readonly number[] {
    if (this.#times.length === 0) return [];
    const start = this.#indexAt(from) + 1;
    let end = start;
    while (end < this.#times.length && (this.#times[end] ?? 0) < to) end++;
    return this.#times.slice(start, end);
  }
}

/** Spans that together hold the pieces of [from, to) where `holds` is true at each cut. */
export function spansWhere(
  from: number,
  to: number,
  cuts: Iterable<number>,
  holds: (at: number) => boolean,
): Span[] {
  const times = [...new Set([from, ...cuts])].filter((t) => t >= from && t < to);
  times.sort((a, b) => a - b);
  const spans: Span[] = [];
  let began: number | null = null;
  for (const time of times) {
    const good = holds(time);
    if (good && began === null) began = time;
    if (!good && began !== null) {
      spans.push({ from: began, to: time });
      began = null;
    }
  }
  if (began !== null && to > began) spans.push({ from: began, to });
  return spans;
}
