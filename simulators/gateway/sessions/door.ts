import type { Conditions } from '../../network/conditions.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { HttpDoor, WireRequest } from '../../network/wire.ts';
import { refusedCall } from '../api/answer.ts';
import type { Call } from '../api/answer.ts';
import { createApiDoor } from '../api/door.ts';
import { createRoutes } from '../api/routes.ts';
import { refuse } from './answer.ts';
import type { SessionsContext } from './context.ts';
import { busy } from './meanings.ts';
import { SESSIONS_ROUTES } from './routes.ts';

export interface SessionsDoorOptions {
  readonly context: SessionsContext;
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
  /** How long a 5xx or a broken connection says that the gateway is broken, µs. */
  readonly backOffMicros: number;
}

const LARGEST_BODY_BYTES = 512 * 1_024;
const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** The door of the gateway-managed sessions: tokens are checked here, the rest by operations. */
export function createSessionsDoor(options: SessionsDoorOptions): HttpDoor {
  const { context, conditions, tap, backOffMicros } = options;
  const { ambient, component, tokens } = context;
  const routes = createRoutes(SESSIONS_ROUTES);

  const callOf = (request: WireRequest): Call => {
    const matched = routes.find(request.method, request.path);
    if (matched === undefined) {
      const what = `${request.method} ${request.path}`;
      const seen = request.body.length > 0 ? request.body : `${request.path}?${request.query}`;
      return refusedCall({ operation: 'unexpected', what, seen }, refuse('no-such-operation'));
    }
    const { route, what, params } = matched;
    const call = { operation: route.operation, what, seen: request.body };
    if (route.open !== true) {
      const bearer = tokens.check(request.headers['authorization']);
      if (bearer !== 'valid') {
        const answer = refuse('unauthenticated', { detail: `The token is ${bearer}.` });
        const told = bearer === 'expired' ? { ...answer, tokenExpired: true as const } : answer;
        return refusedCall(call, told);
      }
    }
    if (request.body.length > LARGEST_BODY_BYTES) return refusedCall(call, refuse('too-large'));
    return route.read(context, { request, what, params });
  };

  return createApiDoor({
    ambient,
    component,
    conditions,
    tap,
    callOf,
    errors: {
      broken: (status) => refuse('service-broken', { status }),
      throttled: (retryAfterMicros) => refuse('too-many-requests', { retryAfterMicros }),
      refused: () => undefined,
    },
    busy: (holdsMicros) => busy(component, holdsMicros),
    backOffMicros,
    headers: JSON_HEADERS,
  });
}
