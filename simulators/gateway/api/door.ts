import { sleep } from '../../kernel/clock.ts';
import type { Ambient } from '../../kernel/ambient.ts';
import type { EventInput, Meaning } from '../../kernel/events.ts';
import type { Writable } from '../../kernel/writable.ts';
import type { Conditions, Treatment } from '../../network/conditions.ts';
import type { SteppedTap } from '../../network/tap.ts';
import { createEnvelopes } from '../../network/envelope.ts';
import { paced, trickleMicros } from '../../network/pace.ts';
import type { Exchange, HttpDoor, WireRequest } from '../../network/wire.ts';
import { recordRefusedConnection } from '../../network/refused-connection.ts';
import type { Answer, Call } from './answer.ts';

/** How a vendor's API says what its operations have no hand in. */
export interface DoorErrors {
  /** The service is broken and answers this status (an outage). */
  broken(status: number): Answer;
  /** Slow down. */
  throttled(retryAfterMicros: number): Answer;
  /** What `serve` threw about the request; undefined when it is a defect of ours. */
  refused(error: unknown): Answer | undefined;
}

export interface ApiDoorOptions {
  readonly ambient: Ambient;
  /** `gateway/twilio` */
  readonly component: string;
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
  /**
   * Reads a request: authentication, route, fields. What is wrong becomes a call that is refused;
   * what the API does not know, one of the operation `unexpected`. Never throws.
   */
  readonly callOf: (request: WireRequest) => Call;
  readonly errors: DoorErrors;
  /** What a broken connection, an error or a limit says: busy for so long. */
  readonly busy: (holdsMicros: number) => readonly Meaning[];
  /** How long a 5xx or a broken connection says that the gateway is broken, µs. */
  readonly backOffMicros: number;
  /** On every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

const SILENCE: Exchange = Object.freeze({ kind: 'silence' });
const RESET: Exchange = Object.freeze({ kind: 'reset' });

/** It holds nothing by itself, or was looked at in place of a body. */
function isAddressSeen({ plainAddress, seen }: Call, { path, query }: WireRequest): boolean {
  if (plainAddress === true) return true;
  return typeof seen === 'string' && seen.length >= path.length + query.length;
}

/** The HTTP door of any vendor: has a request read, lets faults act, answers, records all of it. */
export function createApiDoor(options: ApiDoorOptions): HttpDoor {
  const { component, conditions, tap, callOf, errors, busy, backOffMicros } = options;
  const { clock, history } = options.ambient;
  const standing = options.headers;
  const envelopes = createEnvelopes(tap);

  /** Writes the door.request; of a text with a link only the scan tells what it is. */
  const announce = (call: Call, message: string | undefined): number => {
    const { channel: drafted, operation, what, wire, person, repeated, disclosure } = call;
    const event: Writable<EventInput & { kind: 'door.request' }> = {
      kind: 'door.request',
      component,
      operation,
      what,
    };
    const channel =
      drafted === 'secure-link' && message !== undefined ? (call.bearer ?? 'rcs') : drafted;
    if (channel !== undefined) event.channel = channel;
    if (wire !== undefined) event.wire = wire;
    if (person !== undefined) event.person = person;
    if (message !== undefined) event.message = message;
    if (repeated !== undefined) event.repeated = repeated;
    if (disclosure !== undefined) event.disclosure = disclosure;
    if (call.echoed !== undefined) event.echoed = call.echoed;
    return history.append(event);
  };

  const headersOf = ({ retryAfterMicros, headers }: Answer): Readonly<Record<string, string>> => {
    if (retryAfterMicros === undefined && headers === undefined) return standing;
    const all = { ...standing, ...headers };
    if (retryAfterMicros === undefined) return all;
    return { ...all, 'retry-after': `${Math.ceil(retryAfterMicros / 1_000_000)}` };
  };

  const hand = (call: Call, cause: number, answer: Answer, pace: Treatment): Exchange => {
    const { wire } = call;
    const { meaning, retryAfterMicros, status, body } = answer;
    const response = paced({ status, headers: headersOf(answer), body }, pace);
    const event: Writable<EventInput & { kind: 'door.answered' }> = {
      kind: 'door.answered',
      cause,
      request: cause,
      outcome: answer.outcome,
      status: answer.word,
      handedAt: clock.now() + trickleMicros(response),
    };
    if (meaning !== undefined) event.meaning = meaning;
    if (answer.tells !== undefined) event.tells = answer.tells;
    if (retryAfterMicros !== undefined) event.retryAfterMicros = retryAfterMicros;
    if (answer.tokenLifeMicros !== undefined) event.tokenLifeMicros = answer.tokenLifeMicros;
    if (answer.tokenExpired !== undefined) event.tokenExpired = answer.tokenExpired;
    if (wire !== undefined) event.wire = wire;
    history.append(event);
    return { kind: 'answer', response };
  };

  /** No answer comes; `meaning` is what a broken connection tells. */
  const handNothing = (
    call: Call,
    cause: number,
    outcome: 'silence' | 'reset' | 'answer-lost',
  ): Exchange => {
    const broken = outcome !== 'silence';
    history.append({
      kind: 'door.answered',
      cause,
      request: cause,
      outcome,
      status: broken ? 'connection reset' : 'no answer',
      ...(broken ? { meaning: busy(backOffMicros) } : {}),
      // A broken connection is noticed at once, a silence never.
      handedAt: outcome === 'reset' ? clock.now() : null,
      ...(call.wire === undefined ? {} : { wire: call.wire }),
    });
    return broken ? RESET : SILENCE;
  };

  const refused = (error: unknown): Answer => {
    const answer = errors.refused(error);
    if (answer === undefined) throw error;
    return answer;
  };

  const serve = (
    call: Call,
    message: string | undefined,
    cause: number,
  ): Answer | Promise<Answer> => {
    try {
      const answer = call.serve(message, cause);
      return answer instanceof Promise ? answer.catch(refused) : answer;
    } catch (error) {
      return refused(error);
    }
  };

  /** Nearly always: nothing is wrong, and it is served at once. */
  const serveNow = (
    call: Call,
    message: string | undefined,
    cause: number,
    treatment: Treatment,
  ): Exchange | Promise<Exchange> => {
    const answer = serve(call, message, cause);
    if (!(answer instanceof Promise)) return hand(call, cause, answer, treatment);
    return answer.then((later) => hand(call, cause, later, treatment));
  };

  const treat = (
    call: Call,
    message: string | undefined,
    cause: number,
    treatment: Treatment,
  ): Exchange | Promise<Exchange> => {
    switch (treatment.kind) {
      case 'serve':
        return serveNow(call, message, cause, treatment);
      case 'serve-then-drop-answer': {
        const finish = (answer: Answer): Exchange =>
          answer.outcome === 'accepted'
            ? handNothing(call, cause, 'answer-lost')
            : hand(call, cause, answer, treatment);
        const answer = serve(call, message, cause);
        return answer instanceof Promise ? answer.then(finish) : finish(answer);
      }
      case 'answer-then-lose':
        if (call.pretend !== undefined) return hand(call, cause, call.pretend(), treatment);
        return serveNow(call, message, cause, treatment);
      case 'error': {
        const { status } = treatment;
        const answer = errors.broken(status);
        return hand(
          call,
          cause,
          status < 500 ? answer : { ...answer, meaning: busy(backOffMicros) },
          treatment,
        );
      }
      case 'throttle': {
        const { retryAfterMicros } = treatment;
        const answer = errors.throttled(retryAfterMicros);
        return hand(call, cause, { ...answer, meaning: busy(retryAfterMicros) }, treatment);
      }
      case 'silence':
        return handNothing(call, cause, 'silence');
      case 'reset':
        return handNothing(call, cause, 'reset');
    }
  };

  return {
    accepts: () => {
      if (conditions.accepts()) return true;
      recordRefusedConnection(options.ambient, component, busy(backOffMicros));
      return false;
    },
    handle: (request) => {
      const call = callOf(request);
      const { channel, wire } = call;
      const seen = tap.look(call.seen);
      const message = seen.messages[0]?.message;
      const cause = announce(call, message);
      // Of a text with a link only the scan tells what it is: nobody told it to the tap.
      const told = channel === 'secure-link' ? undefined : channel;
      tap.record(seen, cause, wire, told);
      const around = envelopes.look(request, isAddressSeen(call, request));
      if (around !== undefined) tap.record(around, cause, wire, told);
      const treatment = conditions.meet(message, wire, call.person, request.body.length);
      if (treatment.delayMicros === 0) return treat(call, message, cause, treatment);
      return sleep(clock, treatment.delayMicros).then(() => treat(call, message, cause, treatment));
    },
  };
}
