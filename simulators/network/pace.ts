/** Bytes that take their time: a way that carries few, and bodies that trickle. */
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { Treatment } from './conditions.ts';
import type { Exchange, WireResponse } from './wire.ts';

/** Heads of a request and its answer, and a short body: what every exchange takes at least. */
const HEADS_BYTES = 600;

/** A way that carries one byte after the other, whosever they are. */
export class Pipe {
  readonly #bytesPerSecond: number;
  #freeAtMicros = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = Math.max(1, bytesPerSecond);
  }

  /** µs until an exchange with a body of so many bytes has passed, those before it included. */
  take(bytes: number, nowMicros: number): number {
    const takes = ((HEADS_BYTES + bytes) / this.#bytesPerSecond) * MICROS_PER_SECOND;
    this.#freeAtMicros = Math.max(this.#freeAtMicros, nowMicros) + Math.round(takes);
    return this.#freeAtMicros - nowMicros;
  }
}

function lengthOf({ body }: WireResponse): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}

/** µs from the head of the answer to the end of its body; 0 when nothing slows it down. */
export function trickleMicros(response: WireResponse): number {
  const { bytesPerSecond } = response;
  if (bytesPerSecond === undefined) return 0;
  return Math.round((lengthOf(response) / bytesPerSecond) * MICROS_PER_SECOND);
}

/** The answer slowed down, as its treatment says. */
export function paced(response: WireResponse, { paceOf }: Treatment): WireResponse {
  const bytesPerSecond = paceOf?.(lengthOf(response));
  return bytesPerSecond === undefined ? response : { ...response, bytesPerSecond };
}

/** The exchange with its answer slowed down, as its treatment says. */
export function atPace(exchange: Exchange, treatment: Treatment): Exchange {
  if (treatment.paceOf === undefined || exchange.kind !== 'answer') return exchange;
  return { kind: 'answer', response: paced(exchange.response, treatment) };
}
