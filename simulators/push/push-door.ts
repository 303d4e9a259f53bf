/**
 * What happens to every request at a push service's door, whatever its protocol: it is recorded,
 * the tap reads it, faults have their way, and the answer is recorded with what it means.
 */
import type { Ambient } from '../kernel/ambient.ts';
import type { DoorOperation, DoorOutcome, EventInput, Meaning } from '../kernel/events.ts';
import type { PushFacts } from '../kernel/push-facts.ts';
import type { Conditions, Treatment } from '../network/conditions.ts';
import { createEnvelopes } from '../network/envelope.ts';
import { paced, trickleMicros } from '../network/pace.ts';
import type { SteppedTap } from '../network/tap.ts';
import type { Exchange, WireRequest } from '../network/wire.ts';
import { recordRefusedConnection } from '../network/refused-connection.ts';
import { MICROS_PER_SECOND, sleep } from '../kernel/clock.ts';
import type { Writable } from '../kernel/writable.ts';

const YEAR_MICROS = 365 * 86_400 * MICROS_PER_SECOND;
/** How long a broken service counts as busy (docs/architecture.md, Meanings). */
const BROKEN_MICROS = 60 * MICROS_PER_SECOND;

/** An answer on the wire and in the history. */
export interface PushAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly outcome: DoorOutcome;
  /** `410 Unregistered` */
  readonly word: string;
  readonly meaning?: readonly Meaning[];
  readonly retryAfterMicros?: number;
  /** Of an access token that is given out here: how long it is said to live. */
  readonly tokenLifeMicros?: number;
  /** Refused because the token had expired, or counts as expired by a fault. */
  readonly tokenExpired?: true;
  /** The connection ends in good order afterwards, with this as its reason (HTTP/2 GOAWAY). */
  readonly goaway?: string;
}

/** A request that has been read: what it is, and how to carry it out once faults let it. */
export interface PushCall {
  readonly operation: DoorOperation;
  readonly what: string;
  readonly wire?: string;
  readonly person?: string;
  readonly device?: string;
  /** The implementation's own id, as the payload names it. */
  readonly echoed?: string;
  readonly push?: PushFacts;
  /** Everything that the service sees: the body, and headers that can carry text. */
  readonly seen: Uint8Array;
  /** `deliver` is false when the push is answered as usual and then lost. */
  serve(message: string | undefined, deliver: boolean): PushAnswer;
  /** An error of the service: 503, 500. */
  broken(status: number): PushAnswer;
  throttled(retryAfterMicros: number): PushAnswer;
}

export interface PushDoorOptions {
  readonly ambient: Ambient;
  readonly component: string;
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
}

export interface PushDoor {
  accepts(): boolean;
  meet(call: PushCall, request: WireRequest): Exchange | Promise<Exchange>;
}

/** The service is slow or down: nothing about one phone. */
export function serviceBusy(component: string, holdsMicros: number): readonly Meaning[] {
  return [{ channels: ['app-push'], scope: { component }, says: 'busy', holds: holdsMicros }];
}

export function serviceBroken(component: string): readonly Meaning[] {
  return serviceBusy(component, BROKEN_MICROS);
}

/** Too many pushes for one phone: the others are served. */
export function phoneBusy(device: string, holdsMicros: number): readonly Meaning[] {
  return [{ channels: ['app-push'], scope: { device }, says: 'busy', holds: holdsMicros }];
}

/** 410, UNREGISTERED: until the app registers a new token. */
export function tokenGone(device: string): readonly Meaning[] {
  return [{ channels: ['app-push'], scope: { device }, says: 'unavailable', holds: YEAR_MICROS }];
}

/** Retry-After is in whole seconds (RFC 9110 §10.2.3). */
export function retryAfterSeconds(micros: number): string {
  return String(Math.max(1, Math.ceil(micros / MICROS_PER_SECOND)));
}

const RESET: Exchange = { kind: 'reset' };
const SILENCE: Exchange = { kind: 'silence' };

export function createPushDoor(options: PushDoorOptions): PushDoor {
  const { component, conditions, tap } = options;
  const { clock, history } = options.ambient;
  const envelopes = createEnvelopes(tap);

  const announce = (call: PushCall, message: string | undefined): number => {
    const { operation, what, wire, person, device, echoed, push } = call;
    const event: Writable<EventInput & { kind: 'door.request' }> = {
      kind: 'door.request',
      component,
      operation,
      what,
    };
    if (operation === 'send') event.channel = 'app-push';
    if (wire !== undefined) event.wire = wire;
    if (person !== undefined) event.person = person;
    if (device !== undefined) event.device = device;
    if (echoed !== undefined) event.echoed = echoed;
    if (message !== undefined) event.message = message;
    if (push !== undefined) event.push = push;
    return history.append(event);
  };

  const record = (
    request: number,
    call: PushCall,
    answer: Omit<PushAnswer, 'status' | 'headers' | 'body' | 'goaway'>,
    handedAt: number | null,
  ): void => {
    const event: Writable<EventInput & { kind: 'door.answered' }> = {
      kind: 'door.answered',
      cause: request,
      request,
      outcome: answer.outcome,
      status: answer.word,
      handedAt,
    };
    if (answer.meaning !== undefined) event.meaning = answer.meaning;
    if (answer.retryAfterMicros !== undefined) event.retryAfterMicros = answer.retryAfterMicros;
    if (answer.tokenLifeMicros !== undefined) event.tokenLifeMicros = answer.tokenLifeMicros;
    if (answer.tokenExpired !== undefined) event.tokenExpired = answer.tokenExpired;
    if (call.wire !== undefined) event.wire = call.wire;
    history.append(event);
  };

  const give = (
    request: number,
    call: PushCall,
    answer: PushAnswer,
    treatment: Treatment,
  ): Exchange => {
    const { status, headers, body, goaway } = answer;
    const response = paced({ status, headers, body }, treatment);
    record(request, call, answer, clock.now() + trickleMicros(response));
    return { kind: 'answer', response: goaway === undefined ? response : { ...response, goaway } };
  };

  const conclude = (
    request: number,
    call: PushCall,
    message: string | undefined,
    treatment: Treatment,
  ): Exchange => {
    switch (treatment.kind) {
      case 'serve':
        return give(request, call, call.serve(message, true), treatment);
      case 'answer-then-lose': {
        const answer = call.serve(message, false);
        if (answer.outcome === 'accepted' && call.wire !== undefined) {
          history.append({ kind: 'lost', cause: request, wire: call.wire, component });
        }
        return give(request, call, answer, treatment);
      }
      case 'serve-then-drop-answer': {
        const answer = call.serve(message, true);
        const lost = answer.outcome === 'accepted' ? 'answer-lost' : answer.outcome;
        record(request, call, { outcome: lost, word: `${answer.word}, never sent` }, null);
        return RESET;
      }
      case 'error':
        return give(request, call, call.broken(treatment.status), treatment);
      case 'throttle':
        return give(request, call, call.throttled(treatment.retryAfterMicros), treatment);
      case 'silence':
        record(request, call, { outcome: 'silence', word: 'no answer' }, null);
        return SILENCE;
      case 'reset': {
        // The sender learns of it as the connection breaks.
        const meaning = serviceBroken(component);
        const word = 'connection reset';
        record(request, call, { outcome: 'reset', word, meaning }, clock.now());
        return RESET;
      }
    }
  };

  return {
    accepts: () => {
      if (conditions.accepts()) return true;
      recordRefusedConnection(options.ambient, component, serviceBroken(component));
      return false;
    },
    meet: (call, received) => {
      const { wire } = call;
      const isSend = call.operation === 'send';
      const seen = tap.look(call.seen);
      const around = envelopes.look(received, false);
      const named = seen.messages[0] ?? around?.messages[0];
      const message = isSend ? named?.message : undefined;
      const request = announce(call, message);
      const channel = isSend ? 'app-push' : undefined;
      tap.record(seen, request, wire, channel);
      if (around !== undefined) tap.record(around, request, wire, channel);
      const treatment = conditions.meet(message, wire, call.person, call.seen.length);
      if (treatment.delayMicros === 0) return conclude(request, call, message, treatment);
      return sleep(clock, treatment.delayMicros).then(() =>
        conclude(request, call, message, treatment),
      );
    },
  };
}
