/**
 * One request on its way through memory: to its door and back, each way taking the same time.
 * Nothing here is a promise: where the door answers at once, all of it happens in two timers.
 */
import type { Clock, Timer } from '../kernel/clock.ts';
import type { InLine, InOrder } from '../kernel/in-order.ts';
import { trickleMicros } from './pace.ts';
import type { Exchange, HttpDoor, WireRequest, WireResponse } from './wire.ts';

/** How an exchange ended, for whoever asked. */
export type Ending =
  | { readonly kind: 'answer'; readonly response: WireResponse }
  | {
      readonly kind: 'broken';
      readonly code: 'ECONNREFUSED' | 'ECONNRESET' | 'ENOTFOUND' | 'ETIMEDOUT';
    };

export interface MemoryHost {
  readonly door: HttpDoor;
  /** What is under way there, for when connections are broken. */
  readonly open: InOrder<MemoryExchange>;
}

/** What all exchanges of a network share. */
export interface ExchangePlace {
  readonly clock: Clock;
  /** Each way, µs. */
  readonly latencyMicros: number;
  hostOf(name: string): MemoryHost | undefined;
  /** A door threw: our own defect. */
  surface(cause: unknown, where: string): void;
}

const REFUSED: Ending = Object.freeze({ kind: 'broken', code: 'ECONNREFUSED' });
const BROKEN: Ending = Object.freeze({ kind: 'broken', code: 'ECONNRESET' });
const NOBODY: Ending = Object.freeze({ kind: 'broken', code: 'ENOTFOUND' });
const TIMED_OUT: Ending = Object.freeze({ kind: 'broken', code: 'ETIMEDOUT' });

export class MemoryExchange implements InLine<MemoryExchange> {
  readonly #place: ExchangePlace;
  readonly #hostname: string;
  readonly #request: WireRequest;
  readonly #limitMicros: number;
  readonly #told: (ending: Ending, handed: boolean) => void;
  readonly #whole: boolean;
  #host: MemoryHost | undefined;
  #limit: Timer | undefined;
  #handed = false;
  #over = false;
  /** Its neighbours among those that are open at its host. */
  before: MemoryExchange | undefined;
  after: MemoryExchange | undefined;

  /**
   * `limitMicros`: how long the caller waits; Infinity waits for ever. `told` runs once, when the
   * whole answer is there, or as soon as its head is.
   */
  constructor(
    place: ExchangePlace,
    hostname: string,
    request: WireRequest,
    limitMicros: number,
    told: (ending: Ending, handed: boolean) => void,
    when: 'whole' | 'head' = 'whole',
  ) {
    this.#place = place;
    this.#hostname = hostname;
    this.#request = request;
    this.#limitMicros = limitMicros;
    this.#told = told;
    this.#whole = when === 'whole';
    const { clock, latencyMicros } = place;
    clock.after(latencyMicros, () => this.#arrive());
    // A limit that an answer at once could not meet; else only who is kept waiting has one.
    if (limitMicros <= 2 * latencyMicros) this.#limitIn(limitMicros);
  }

  /** The connection breaks, whatever is on it. */
  break(): void {
    this.#end(BROKEN);
  }

  #limitIn(micros: number): void {
    this.#limit = this.#place.clock.after(micros, () => this.#end(TIMED_OUT));
  }

  #end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#host?.open.delete(this);
    this.#limit?.cancel();
    this.#told(ending, this.#handed);
  }

  #arrive(): void {
    if (this.#over) return;
    const host = this.#place.hostOf(this.#hostname);
    if (host === undefined) {
      this.#end(NOBODY);
      return;
    }
    const outcome = this.#ask(host);
    if (outcome === undefined) return;
    if (!(outcome instanceof Promise)) {
      this.#back(outcome);
      if (outcome.kind === 'silence') this.#wait();
      return;
    }
    this.#place.clock.touch();
    this.#wait();
    outcome.then(
      (told) => this.#back(told),
      (cause: unknown) => this.#failed(cause),
    );
  }

  /** undefined when it ended here: refused, or the door is broken. */
  #ask(host: MemoryHost): Exchange | Promise<Exchange> | undefined {
    try {
      if (host.door.accepts()) {
        this.#host = host;
        host.open.add(this);
        this.#handed = true;
        return host.door.handle(this.#request);
      }
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
    this.#end(REFUSED);
    return undefined;
  }

  #failed(cause: unknown): void {
    this.#place.surface(cause, `${this.#request.method} ${this.#hostname}${this.#request.path}`);
    this.break();
  }

  #wait(): void {
    if (this.#over || this.#limit !== undefined || this.#limitMicros === Infinity) return;
    this.#limitIn(this.#limitMicros - this.#place.latencyMicros);
  }

  #back(outcome: Exchange): void {
    if (this.#over || outcome.kind === 'silence') return;
    const ending = outcome.kind === 'reset' ? BROKEN : outcome;
    // Whoever reads body after head is told of the head; the others wait for the whole.
    const trickles = ending.kind === 'answer' && this.#whole ? trickleMicros(ending.response) : 0;
    this.#place.clock.after(this.#place.latencyMicros + trickles, () => this.#end(ending));
    if (trickles > 0) this.#wait();
  }
}
