import type { Meaning } from '../../kernel/events.ts';
import type { Conditions } from '../../network/conditions.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { HttpDoor, WireRequest } from '../../network/wire.ts';
import { refusedCall } from '../api/answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import { createApiDoor } from '../api/door.ts';
import { createRoutes } from '../api/routes.ts';
import { broken, refuse } from './answer.ts';
import type { SinchContext } from './context.ts';
import { SINCH_ROUTES } from './routes.ts';

export interface SinchDoorOptions {
  readonly context: SinchContext;
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
  readonly backOffMicros: number;
}

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });
/** Larger bodies are refused unread. */
const LARGEST_BODY_BYTES = 1024 * 1024;

/** The vendor's client gets a new token when the challenge says that the old one is expired. */
function challenge(expired: boolean): Answer {
  const why = expired ? 'The token is expired.' : 'The credentials are invalid.';
  const told = expired
    ? 'error="invalid_token", error_description="token is expired"'
    : 'realm="sinch"';
  const headers = { 'www-authenticate': `Bearer ${told}` };
  const answer = { ...refuse('UNAUTHENTICATED', why), headers };
  return expired ? { ...answer, tokenExpired: true } : answer;
}

/** Both hosts of Sinch, auth and conversation, by their paths. */
export function createSinchDoor(options: SinchDoorOptions): HttpDoor {
  const { context, conditions, tap, backOffMicros } = options;
  const { ambient, component, tokens, account } = context;
  const routes = createRoutes(SINCH_ROUTES);
  const busy = (holds: number): readonly Meaning[] => [
    { channels: ['rcs', 'sms'], scope: { component }, says: 'busy', holds },
  ];

  const callOf = (request: WireRequest): Call => {
    const matched = routes.find(request.method, request.path);
    if (matched === undefined) {
      const what = `${request.method} ${request.path}`;
      const seen = request.body.length > 0 ? request.body : `${request.path}?${request.query}`;
      return refusedCall({ operation: 'unexpected', what, seen }, refuse('NOT_FOUND', 'Not Found'));
    }
    const { route, what, params } = matched;
    const routing = { request, what, params };
    if (route.open === true) return route.read(context, routing);
    const call = { operation: route.operation, what, seen: request.body };
    const credentials = tokens.check(request.headers['authorization']);
    if (credentials !== 'bearer' && credentials !== 'basic') {
      return refusedCall(call, challenge(credentials === 'expired'));
    }
    if (request.body.length > LARGEST_BODY_BYTES) {
      return refusedCall(call, refuse('INVALID_ARGUMENT', 'The request is too large.'));
    }
    if (params['project'] !== account.projectId) {
      const text = 'The access key has no permission for this project.';
      return refusedCall(call, refuse('PERMISSION_DENIED', text));
    }
    return route.read(context, routing);
  };

  return createApiDoor({
    ambient,
    component,
    conditions,
    tap,
    callOf,
    errors: {
      broken,
      throttled: (retryAfterMicros) => ({
        ...refuse('RESOURCE_EXHAUSTED', 'Too many requests.'),
        retryAfterMicros,
      }),
      refused: () => undefined,
    },
    busy,
    backOffMicros,
    headers: JSON_HEADERS,
  });
}
