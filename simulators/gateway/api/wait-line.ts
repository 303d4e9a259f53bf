import type { Clock, Timer } from '../../kernel/clock.ts';
import type { InLine } from '../../kernel/in-order.ts';
import { InOrder } from '../../kernel/in-order.ts';

/** Who stands in such a line, in one at a time; the fields are the line's alone. */
export interface Waiting<T> extends InLine<T> {
  /** When its time is over, µs of the clock. */
  untilMicros: number;
}

/**
 * Those that wait equally long, so that their time is over in the order in which it began: one
 * timer runs for the first of them, however many there are.
 */
export class WaitLine<T extends Waiting<T>> {
  readonly #clock: Clock;
  readonly #micros: number;
  readonly #over: (one: T) => void;
  readonly #line = new InOrder<T>();
  #timer: Timer | undefined = undefined;

  /** `over` is called with each that did not leave before. */
  constructor(clock: Clock, micros: number, over: (one: T) => void) {
    this.#clock = clock;
    this.#micros = micros;
    this.#over = over;
  }

  get size(): number {
    return this.#line.size;
  }

  enter(one: T): void {
    one.untilMicros = this.#clock.now() + this.#micros;
    this.#line.add(one);
    if (this.#timer === undefined) this.#arm(this.#micros);
  }

  /** Nothing happens where it has left already. */
  leave(one: T): void {
    if (!this.#line.delete(one) || this.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(micros: number): void {
    this.#timer = this.#clock.after(micros, () => this.#end());
  }

  #end(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    try {
      for (let one = this.#line.first; one !== undefined; one = this.#line.first) {
        // The one for whom the timer was set may have left.
        if (one.untilMicros > now) break;
        this.#line.delete(one);
        this.#over(one);
      }
    } finally {
      // Also when one of them throws: the others still have their turn.
      const { first } = this.#line;
      if (first !== undefined && this.#timer === undefined) this.#arm(first.untilMicros - now);
    }
  }
}
