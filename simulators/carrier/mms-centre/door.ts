/** The HTTP side of an MMS centre, and what faults do to it. */
import type { Clock } from '../../kernel/clock.ts';
import { MICROS_PER_SECOND, sleep } from '../../kernel/clock.ts';
import type { Conditions, Treatment } from '../../network/conditions.ts';
import type { Exchange, HttpDoor, WireRequest, WireResponse } from '../../network/wire.ts';

/** What a request is about, as far as the centre can tell. */
export interface About {
  readonly message?: string | undefined;
  readonly wire?: string | undefined;
}

export interface MmsDoorOptions {
  readonly conditions: Conditions;
  readonly clock: Clock;
  /** `lost`: what it submits is answered as taken, and vanishes. */
  readonly serve: (request: WireRequest, lost: boolean) => WireResponse;
  readonly about: (request: WireRequest) => About;
}

export function empty(status: number, headers: Record<string, string> = {}): WireResponse {
  return { status, headers, body: '' };
}

export function createMmsDoor({ conditions, clock, serve, about }: MmsDoorOptions): HttpDoor {
  const conclude = (request: WireRequest, treatment: Treatment): Exchange => {
    const answer = (response: WireResponse): Exchange => ({ kind: 'answer', response });
    switch (treatment.kind) {
      case 'serve':
        return answer(serve(request, false));
      case 'answer-then-lose':
        return answer(serve(request, true));
      case 'error':
        return answer(empty(treatment.status));
      case 'throttle': {
        const seconds = Math.ceil(treatment.retryAfterMicros / MICROS_PER_SECOND);
        return answer(empty(503, { 'retry-after': String(seconds) }));
      }
      case 'silence':
        return { kind: 'silence' };
      case 'reset':
        return { kind: 'reset' };
      case 'serve-then-drop-answer':
        serve(request, false);
        return { kind: 'reset' };
    }
  };
  return {
    accepts: () => conditions.accepts(),
    handle: (request) => {
      // What a request is about is asked only while a fault may care.
      const { message, wire } = conditions.state === 'up' ? {} : about(request);
      const treatment = conditions.meet(message, wire);
      if (treatment.delayMicros === 0) return conclude(request, treatment);
      return sleep(clock, treatment.delayMicros).then(() => conclude(request, treatment));
    },
  };
}
