import type { Meaning } from '../../kernel/events.ts';
import type { Conditions } from '../../network/conditions.ts';
import type { SteppedTap } from '../../network/tap.ts';
import type { HttpDoor, WireRequest } from '../../network/wire.ts';
import { readForm } from '../../protocol/twilio/form.ts';
import { refusedCall } from '../api/answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import { createApiDoor } from '../api/door.ts';
import type { DoorErrors } from '../api/door.ts';
import { createRoutes } from '../api/routes.ts';
import { refuse } from './answer.ts';
import type { TwilioContext } from './context.ts';
import { TWILIO_ROUTES } from './routes.ts';

export interface TwilioDoorOptions {
  readonly context: TwilioContext;
  readonly conditions: Conditions;
  readonly tap: SteppedTap;
  readonly backOffMicros: number;
}

const HEADERS = Object.freeze({
  'content-type': 'application/json;charset=utf-8',
  'x-powered-by': 'AT-5000',
});

const ERRORS: DoorErrors = {
  broken: (status) => refuse(status === 503 ? 20503 : 20500, { status }),
  throttled: (retryAfterMicros) => refuse(20429, { retryAfterMicros }),
  refused: () => undefined,
};

/** 429, 5xx and broken connections: nothing goes out by this gateway. */
function busy(component: string, holds: number): readonly Meaning[] {
  const channels = ['rcs', 'sms', 'secure-link'] as const;
  return [{ channels, scope: { component }, says: 'busy', holds }];
}

export function createTwilioDoor(options: TwilioDoorOptions): HttpDoor {
  const { context, conditions, tap, backOffMicros } = options;
  const { ambient, component, account } = context;
  const routes = createRoutes(TWILIO_ROUTES);

  const unexpected = ({ method, path, query, body }: WireRequest): Call => {
    const seen = body.length > 0 ? body : `${path}?${query}`;
    const known = routes.methodsOf(path);
    const answer =
      known.length === 0
        ? refuse(20404, { detail: path })
        : { ...refuse(20004, { detail: method }), headers: { allow: known.join(', ') } };
    return refusedCall({ operation: 'unexpected', what: `${method} ${path}`, seen }, answer);
  };

  const callOf = (request: WireRequest): Call => {
    const matched = routes.find(request.method, request.path);
    if (matched === undefined) return unexpected(request);
    const { route, what, params } = matched;
    const refused = (answer: Answer): Call => {
      const seen = request.body.length > 0 ? request.body : `${request.path}?${request.query}`;
      return refusedCall({ operation: route.operation, what, seen }, answer);
    };
    if (!account.authorized(request.headers['authorization'])) return refused(refuse(20003));
    const asked = params['AccountSid'];
    // The sid stands before `.json` in the account's own address.
    if (asked !== undefined && asked !== account.sid) return refused(refuse(20003));
    return route.read(context, { request, what, params, form: readForm(request.body) });
  };

  return createApiDoor({
    ambient,
    component,
    conditions,
    tap,
    callOf,
    errors: ERRORS,
    busy: (holds) => busy(component, holds),
    backOffMicros,
    headers: HEADERS,
  });
}
