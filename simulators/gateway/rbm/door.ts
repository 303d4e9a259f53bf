import type { Conditions } from '../../network/conditions.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { HttpDoor, WireRequest } from '../../network/wire.ts';
import { TOKEN_PATHS } from '../../protocol/oauth/token-issuer.ts';
import type { TokenIssuer } from '../../protocol/oauth/token-issuer.ts';
import { badRequest, rpcStatusOf } from '../../protocol/rbm/errors.ts';
import { FieldError } from '../../protocol/rbm/field-check.ts';
import { refusedCall } from '../api/answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import { createApiDoor } from '../api/door.ts';
import type { DoorErrors } from '../api/door.ts';
import { createRoutes } from '../api/routes.ts';
import { ok, refuse } from './answer.ts';
import type { GatewayContext } from './gateway-context.ts';
import { busy } from './meanings.ts';
import { Query, decodePart } from './query.ts';
import { RBM_ROUTES } from './routes.ts';

export interface DoorOptions {
  readonly context: GatewayContext;
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
  readonly tokens: TokenIssuer;
  /** How long a 5xx or a broken connection says that the gateway is broken, µs. */
  readonly backOffMicros: number;
}

/** Larger bodies are refused unread (the vendor's limit for a message is 250 KB). */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;
const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json; charset=UTF-8' });

const ERRORS: DoorErrors = {
  broken: (code) => refuse(rpcStatusOf(code), 'The service is currently unavailable.', { code }),
  throttled: (retryAfterMicros) => {
    const text = 'Resource has been exhausted (e.g. check quota).';
    return refuse('RESOURCE_EXHAUSTED', text, { retryAfterMicros });
  },
  refused: (error) => {
    if (!(error instanceof FieldError)) return undefined;
    const details = error.field === '' ? {} : { details: [badRequest(error.field, error.message)] };
    return refuse('INVALID_ARGUMENT', error.message, details);
  },
};

/** RBM's HTTP door: tokens, agents and numbers are read here, the rest by the operations. */
export function createRbmDoor(options: DoorOptions): HttpDoor {
  const { context, conditions, tap, tokens, backOffMicros } = options;
  const { ambient, component, agentId, directory } = context;
  const routes = createRoutes(RBM_ROUTES);

  const tokenCall = (request: WireRequest): Call => ({
    operation: 'token',
    what: `POST ${request.path}`,
    seen: request.body,
    serve: () => {
      const { status, body, word, lifeMicros } = tokens.handle(request.body);
      if (lifeMicros !== undefined) return { ...ok(body), tokenLifeMicros: lifeMicros };
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
    const matched = routes.find(request.method, request.path);
    if (matched === undefined) {
      return request.method === 'POST' && TOKEN_PATHS.includes(request.path)
        ? tokenCall(request)
        : unexpected(request);
    }
    const { route, what, params } = matched;
    const { operation } = route;
    const query = new Query(request.query);
    const number = decodePart(params['E164'] ?? '') ?? '';
    const subscriber = number === '' ? undefined : directory.byMsisdn(number);
    const refused = (answer: Answer): Call => {
      const call = { operation, what, seen: request.body };
      const person = subscriber?.plan.id;
      return refusedCall(person === undefined ? call : { ...call, person }, answer);
    };
    const bearer = route.open === true ? 'valid' : tokens.check(request.headers['authorization']);
    if (bearer !== 'valid') {
      const text = 'Request had invalid authentication credentials.';
      const answer = refuse('UNAUTHENTICATED', `${text} The token is ${bearer}.`);
      return refused(bearer === 'expired' ? { ...answer, tokenExpired: true } : answer);
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

  return createApiDoor({
    ambient,
    component,
    conditions,
    tap,
    callOf,
    errors: ERRORS,
    busy: (holdsMicros) => busy(component, holdsMicros),
    backOffMicros,
    headers: JSON_HEADERS,
  });
}
