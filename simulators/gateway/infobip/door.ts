import type { Meaning } from '../../kernel/events.ts';
import type { Conditions } from '../../network/conditions.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { HttpDoor, WireRequest } from '../../network/wire.ts';
import { createSecretCheck } from '../../protocol/jwt/hmac.ts';
import { refusedCall } from '../api/answer.ts';
import type { Call } from '../api/answer.ts';
import { createApiDoor } from '../api/door.ts';
import { createRoutes } from '../api/routes.ts';
import { refuse } from './answer.ts';
import type { InfobipContext } from './context.ts';
import { INFOBIP_ROUTES } from './routes.ts';

export interface InfobipDoorOptions {
  readonly context: InfobipContext;
  readonly apiKey: string;
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
  readonly backOffMicros: number;
}

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });
/** "Maximum request size is 10MB." */
const LARGEST_BODY_BYTES = 10 * 1024 * 1024;

export function createInfobipDoor(options: InfobipDoorOptions): HttpDoor {
  const { context, apiKey, conditions, tap, backOffMicros } = options;
  const { ambient, component } = context;
  const routes = createRoutes(INFOBIP_ROUTES);
  const isKnown = createSecretCheck(`App ${apiKey}`);
  const busy = (holds: number): readonly Meaning[] => [
    { channels: ['rcs', 'sms'], scope: { component }, says: 'busy', holds },
  ];

  const callOf = (request: WireRequest): Call => {
    const { method, path } = request;
    const matched = routes.find(method, path);
    if (matched === undefined) {
      const seen = request.body.length > 0 ? request.body : `${path}?${request.query}`;
      const known = routes.methodsOf(path).length > 0;
      return refusedCall(
        { operation: 'unexpected', what: `${method} ${path}`, seen },
        refuse(known ? 405 : 404),
      );
    }
    const { route, what } = matched;
    const call = { operation: route.operation, what, seen: request.body };
    const authorization = request.headers['authorization'] ?? '';
    if (!isKnown(authorization)) return refusedCall(call, refuse(401));
    if (request.body.length > LARGEST_BODY_BYTES) return refusedCall(call, refuse(413));
    return route.read(context, { request, what });
  };

  return createApiDoor({
    ambient,
    component,
    conditions,
    tap,
    callOf,
    errors: {
      broken: (status) => refuse(status),
      throttled: (retryAfterMicros) => ({ ...refuse(429), retryAfterMicros }),
      refused: () => undefined,
    },
    busy,
    backOffMicros,
    headers: JSON_HEADERS,
  });
}
