import { MICROS_PER_MILLI } from '../../kernel/clock.ts';
import type { Meaning } from '../../kernel/events.ts';
import type { Conditions } from '../../network/conditions.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { HttpDoor, WireRequest } from '../../network/wire.ts';
import { createVonageAuthorization } from '../../protocol/vonage/authorization.ts';
import type { VonageAccount } from '../../protocol/vonage/authorization.ts';
import { refusedCall } from '../api/answer.ts';
import type { Call } from '../api/answer.ts';
import { createApiDoor } from '../api/door.ts';
import { createRoutes } from '../api/routes.ts';
import { broken, generic, numbered } from './answer.ts';
import type { VonageContext } from './context.ts';
import { VONAGE_ROUTES } from './routes.ts';

export interface VonageDoorOptions {
  readonly context: VonageContext;
  readonly account: VonageAccount;
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
  readonly backOffMicros: number;
}

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' });
/** Larger bodies are refused unread. */
const LARGEST_BODY_BYTES = 1024 * 1024;

/** The Messages API's door: credentials and routes are read here, the rest by the operations. */
export function createVonageDoor(options: VonageDoorOptions): HttpDoor {
  const { context, account, conditions, tap, backOffMicros } = options;
  const { ambient, component } = context;
  const { clock, ids } = ambient;
  const routes = createRoutes(VONAGE_ROUTES);
  const check = createVonageAuthorization(account);
  const instance = (): string => ids.hex(16);
  const busy = (holds: number): readonly Meaning[] => [
    { channels: ['rcs', 'sms'], scope: { component }, says: 'busy', holds },
  ];

  const callOf = (request: WireRequest): Call => {
    const matched = routes.find(request.method, request.path);
    if (matched === undefined) {
      const what = `${request.method} ${request.path}`;
      const seen = request.body.length > 0 ? request.body : `${request.path}?${request.query}`;
      return refusedCall(
        { operation: 'unexpected', what, seen },
        generic('not-found', instance(), 'There is no such resource or method.'),
      );
    }
    const { route, what, params } = matched;
    const call = { operation: route.operation, what, seen: request.body };
    const nowSeconds = Math.floor(clock.epochMillis() / MICROS_PER_MILLI);
    const authorization = check(request.headers['authorization'], nowSeconds);
    if (authorization.kind === 'refused') {
      const name = authorization.expired ? 'jwt-expired' : 'unauthorized';
      return refusedCall(call, generic(name, instance(), authorization.why));
    }
    if (request.body.length > LARGEST_BODY_BYTES) {
      return refusedCall(call, numbered(413, 1020, instance()));
    }
    const { kind } = authorization;
    return route.read(context, { request, what, params, authorization: kind, instance });
  };

  return createApiDoor({
    ambient,
    component,
    conditions,
    tap,
    callOf,
    errors: {
      broken: (status) => broken(status, instance()),
      throttled: (retryAfterMicros) => ({ ...numbered(429, 1000, instance()), retryAfterMicros }),
      refused: () => undefined,
    },
    busy,
    backOffMicros,
    headers: JSON_HEADERS,
  });
}
