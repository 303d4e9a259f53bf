import type { EventInput } from '../../kernel/events.ts';
import type { IndexedMessage } from '../../kernel/message-index.ts';
import type { Conditions, Treatment } from '../../network/conditions.ts';
import type { Tap, TapContext } from '../../network/tap.ts';
import type { Exchange, HttpDoor, WireRequest } from '../../network/wire.ts';
import { sleep } from '../../kernel/clock.ts';
import { TOKEN_PATHS } from '../../protocol/oauth/token-issuer.ts';
import type { TokenIssuer } from '../../protocol/oauth/token-issuer.ts';
import { badRequest, rpcStatusOf } from '../../protocol/rbm/errors.ts';
import { FieldError } from '../../protocol/rbm/field-check.ts';
import { ok, refuse, refusedCall } from './answer.ts';
import type { Answer, Call } from './answer.ts';
import type { GatewayContext } from './gateway-context.ts';
import { busy } from './meanings.ts';
import { decodePart, readQuery } from './query.ts';
import { createRoutes } from './routes.ts';

export interface DoorOptions {
  readonly context: GatewayContext;
  readonly conditions: Conditions;
  readonly tap: Tap;
  readonly tokens: TokenIssuer;
  /** How long a 5xx or a broken connection says that the gateway is broken, µs. */
  readonly backOffMicros: number;
}

/** Larger bodies are refused unread (the vendor's limit for a message is 250 KB). */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;
const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json; charset=UTF-8' });

const SILENCE: Exchange = Object.freeze({ kind: 'silence' });
const RESET: Exchange = Object.freeze({ kind: 'reset' });

/** For records that are built field by field: on this path copies cost more than the work. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** RBM's HTTP door: reads a request, lets faults act, answers, and records all of it. */
export function createRbmDoor(options: DoorOptions): HttpDoor {
  const { context, conditions, tap, tokens, backOffMicros } = options;
  const { component, agentId, directory } = context;
  const { clock, history } = context.ambient;
  const routeOf = createRoutes();

  const tokenCall = (request: WireRequest): Call => ({
    operation: 'token',
    what: `POST ${request.path}`,
    seen: request.body,
    serve: () => {
      const { status, body, word } = tokens.handle(request.body);
      if (status === 200) return ok(body);
      return { status, body, outcome: 'unauthorized', word: `${status} ${word}` };
    },
  });

  const unexpected = (request: WireRequest): Call => {
    const what = `${request.method} ${request.path}`;
    const text = `The requested URL ${request.path} was not found on this server.`;
    const answer = refuse('NOT_FOUND', text, { outcome: 'rejected' });
    const seen = request.body.length > 0 ? request.body : `${request.path}?${request.query}`;
    return refusedCall({ operation: 'unexpected', what, seen }, answer);
  };

  const callOf = (request: WireRequest): Call => {
    const matched = routeOf(request.method, request.path);
    if (matched === undefined) {
      return request.method === 'POST' && TOKEN_PATHS.includes(request.path)
        ? tokenCall(request)
        : unexpected(request);
    }
    const { route, params } = matched;
    const { operation, what } = route;
    const query = readQuery(request.query);
    const number = decodePart(params['number'] ?? '') ?? '';
    const subscriber = number === '' ? undefined : directory.byMsisdn(number);
    const refused = (answer: Answer): Call => {
      const call = { operation, what, seen: request.body };
      const person = subscriber?.plan.id;
      return refusedCall(person === undefined ? call : { ...call, person }, answer);
    };
    const bearer = tokens.check(request.headers['authorization']);
    if (bearer !== 'valid') {
      const text = 'Request had invalid authentication credentials.';
      return refused(refuse('UNAUTHENTICATED', `${text} The token is ${bearer}.`));
    }
    if (request.body.length > LARGEST_BODY_BYTES) {
      return refused(refuse('PAYLOAD_TOO_LARGE', 'The request is too large.'));
    }
    const agent = query.get('agentId');
    if (agent === undefined && route.agentIn === 'query') {
      return refused(refuse('INVALID_ARGUMENT', 'agent_id is required.'));
    }
    if (agent !== undefined && agent !== agentId) {
      const text = `The caller does not have permission for the agent ${agent}.`;
      return refused(refuse('PERMISSION_DENIED', text));
    }
    return route.read(context, { request, what, params, query, number, subscriber });
  };

  /** Writes the door.request; of a text with a link only the scan tells what it is. */
  const announce = (call: Call, messages: readonly IndexedMessage[]): number => {
    const { channel: drafted, operation, what, wire, person, repeated, disclosure } = call;
    const message = messages[0]?.message;
    const event: Writable<EventInput & { kind: 'door.request' }> = {
      kind: 'door.request',
      component,
      operation,
      what,
    };
    const channel = drafted === 'secure-link' && message !== undefined ? 'rcs' : drafted;
    if (channel !== undefined) event.channel = channel;
    if (wire !== undefined) event.wire = wire;
    if (person !== undefined) event.person = person;
    if (message !== undefined) event.message = message;
    if (repeated !== undefined) event.repeated = repeated;
    if (disclosure !== undefined) event.disclosure = disclosure;
    if (call.echoed !== undefined) event.echoed = call.echoed;
    return history.append(event);
  };

  const hand = (call: Call, cause: number, answer: Answer): Exchange => {
    const { wire } = call;
    const { meaning, retryAfterMicros } = answer;
    const event: Writable<EventInput & { kind: 'door.answered' }> = {
      kind: 'door.answered',
      cause,
      request: cause,
      outcome: answer.outcome,
      status: answer.word,
      handedAt: clock.now(),
    };
    if (meaning !== undefined) event.meaning = meaning;
    if (retryAfterMicros !== undefined) event.retryAfterMicros = retryAfterMicros;
    if (wire !== undefined) event.wire = wire;
    history.append(event);
    const headers =
      retryAfterMicros === undefined
        ? JSON_HEADERS
        : { ...JSON_HEADERS, 'retry-after': `${Math.ceil(retryAfterMicros / 1_000_000)}` };
    return { kind: 'answer', response: { status: answer.status, headers, body: answer.body } };
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
      ...(broken ? { meaning: busy(component, backOffMicros) } : {}),
      // A broken connection is noticed at once, a silence never.
      handedAt: outcome === 'reset' ? clock.now() : null,
      ...(call.wire === undefined ? {} : { wire: call.wire }),
    });
    return broken ? RESET : SILENCE;
  };

  const serve = (
    call: Call,
    message: string | undefined,
    cause: number,
  ): Answer | Promise<Answer> => {
    const refused = (error: unknown): Answer => {
      if (!(error instanceof FieldError)) throw error;
      const details =
        error.field === '' ? {} : { details: [badRequest(error.field, error.message)] };
      return refuse('INVALID_ARGUMENT', error.message, details);
    };
    try {
      const answer = call.serve(message, cause);
      return answer instanceof Promise ? answer.catch(refused) : answer;
    } catch (error) {
      return refused(error);
    }
  };

  const treat = (
    call: Call,
    message: string | undefined,
    cause: number,
    treatment: Treatment,
  ): Exchange | Promise<Exchange> => {
    const served = (finish: (answer: Answer) => Exchange): Exchange | Promise<Exchange> => {
      const answer = serve(call, message, cause);
      return answer instanceof Promise ? answer.then(finish) : finish(answer);
    };
    switch (treatment.kind) {
      case 'serve':
        return served((answer) => hand(call, cause, answer));
      case 'serve-then-drop-answer':
        return served((answer) =>
          answer.outcome === 'accepted'
            ? handNothing(call, cause, 'answer-lost')
            : hand(call, cause, answer),
        );
      case 'answer-then-lose':
        if (call.pretend !== undefined) return hand(call, cause, call.pretend());
        return served((answer) => hand(call, cause, answer));
      case 'error': {
        const { status: code } = treatment;
        const meaning = code >= 500 ? { meaning: busy(component, backOffMicros) } : {};
        const text = 'The service is currently unavailable.';
        return hand(call, cause, refuse(rpcStatusOf(code), text, { code, ...meaning }));
      }
      case 'throttle': {
        const { retryAfterMicros } = treatment;
        const meaning = busy(component, retryAfterMicros);
        const text = 'Resource has been exhausted (e.g. check quota).';
        const facts = { meaning, retryAfterMicros };
        return hand(call, cause, refuse('RESOURCE_EXHAUSTED', text, facts));
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
      const request = history.append({
        kind: 'door.request',
        component,
        operation: 'connect',
        what: 'connect',
      });
      history.append({
        kind: 'door.answered',
        cause: request,
        request,
        outcome: 'refused-connection',
        status: 'connection refused',
        meaning: busy(component, backOffMicros),
        handedAt: clock.now(),
      });
      return false;
    },
    handle: (request) => {
      const call = callOf(request);
      let cause = 0;
      const { channel, wire } = call;
      const context: Writable<TapContext> = {
        announce: (messages) => (cause = announce(call, messages)),
      };
      if (wire !== undefined) context.wire = wire;
      if (channel !== undefined && channel !== 'secure-link') context.channel = channel;
      const found = tap.scan(call.seen, context);
      const message = found[0]?.message;
      const treatment = conditions.meet(message, wire);
      if (treatment.delayMicros === 0) return treat(call, message, cause, treatment);
      return sleep(clock, treatment.delayMicros).then(() => treat(call, message, cause, treatment));
    },
  };
}
