import { FieldError, objectAt, onlyFields, textAt } from '../../protocol/rbm/field-check.ts';
import { ok, refuse } from './answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { capable, unreachable } from './meanings.ts';
import { readJson } from './read-json.ts';

/** What every phone of RCS Universal Profile can show (REST reference, Feature). */
const FEATURES: readonly string[] = [
  'RICHCARD_STANDALONE',
  'RICHCARD_CAROUSEL',
  'ACTION_CREATE_CALENDAR_EVENT',
  'ACTION_DIAL',
  'ACTION_OPEN_URL',
  'ACTION_SHARE_LOCATION',
  'ACTION_VIEW_LOCATION',
  'REVOCATION',
];
const OPEN_FEATURES = JSON.stringify({ features: FEATURES });
const E2EE_FEATURES = JSON.stringify({ features: [...FEATURES, 'E2EE_MLS'] });

/** batchGet: at most this many numbers, and random samples from this many on (API reference). */
const MOST_USERS = 10_000;
const SAMPLE_FROM = 500;
const E164 = /^\+[1-9]\d{4,14}$/;
/** Share of a batch that the vendor samples. */
const SAMPLE_SHARE = 0.75;
/** A larger batch tells too much to be followed number by number. */
const MEANT_USERS = 500;

export function notReachable(routing: Routing): Answer {
  const person = routing.subscriber?.plan.id;
  return refuse('NOT_FOUND', 'Requested entity was not found.', {
    outcome: 'unavailable',
    ...(person === undefined ? {} : { meaning: unreachable(person) }),
  });
}

/** GET /v1/phones/{E164}/capabilities */
export function capabilities(context: GatewayContext, routing: Routing): Call {
  const { subscriber, query, request, what } = routing;
  const person = subscriber?.plan.id;
  return {
    operation: 'capability',
    what,
    seen: `${request.path}?${request.query}`,
    ...(person === undefined ? {} : { person }),
    serve: () => {
      if (!query.has('requestId')) return refuse('INVALID_ARGUMENT', 'request_id is required.');
      if (person === undefined) return notReachable(routing);
      const features = context.coreOf(person)?.capabilities(person);
      if (features === undefined) return notReachable(routing);
      return ok(features.e2ee ? E2EE_FEATURES : OPEN_FEATURES, capable(person, features.e2ee));
    },
  };
}

const CALLBACK_REQUEST = new Set(['requestId']);
const BATCH = new Set(['users', 'agentId']);

function readBatch(body: Uint8Array): { users: readonly string[]; agentId: unknown } {
  const json = objectAt(readJson(body), 'request');
  onlyFields(json, BATCH, '');
  const { users, agentId } = json;
  if (!Array.isArray(users) || users.length === 0 || users.length > MOST_USERS) {
    throw new FieldError('users', `users has 1 to ${MOST_USERS} phone numbers.`);
  }
  for (const [index, user] of users.entries()) {
    const field = `users[${index}]`;
    if (typeof user === 'string' && E164.test(user)) continue;
    throw new FieldError(field, `Invalid value at '${field}': an E.164 number is expected.`);
  }
  return { users, agentId };
}

/** A random sample of a large batch: how many of it, and how many of those have RCS. */
function sample(
  { reachSample }: GatewayContext,
  users: readonly string[],
  reachableUsers: readonly string[],
): Record<'totalRandomSampleUserCount' | 'reachableRandomSampleUserCount', number> {
  const total = users.length >= SAMPLE_FROM ? Math.round(users.length * SAMPLE_SHARE) : 0;
  const reachable = new Set(reachableUsers);
  let wanted = total;
  let hits = 0;
  for (const [index, user] of users.entries()) {
    // Selection sampling (Knuth, TAOCP 2, 3.4.2 S): each with the chance that is left for it.
    if (wanted === 0) break;
    if (reachSample.float() * (users.length - index) >= wanted) continue;
    wanted--;
    if (reachable.has(user)) hits++;
  }
  return { totalRandomSampleUserCount: total, reachableRandomSampleUserCount: hits };
}

/** POST /v1/users:batchGet */
export function batchGet(context: GatewayContext, routing: Routing): Call {
  const { request, what } = routing;
  return {
    operation: 'capability',
    what,
    seen: request.body,
    serve: () => {
      const { users, agentId } = readBatch(request.body);
      if (agentId !== undefined && agentId !== context.agentId) {
        return refuse('PERMISSION_DENIED', 'The caller does not have permission for this agent.');
      }
      const reachableUsers: string[] = [];
      const meaning = [];
      for (const user of users) {
        const person = context.directory.byMsisdn(user)?.plan.id;
        if (person === undefined) continue;
        const features = context.coreOf(person)?.capabilities(person);
        if (features !== undefined) reachableUsers.push(user);
        if (users.length > MEANT_USERS) continue;
        meaning.push(
          ...(features === undefined ? unreachable(person) : capable(person, features.e2ee)),
        );
      }
      const body = { reachableUsers, ...sample(context, users, reachableUsers) };
      return ok(JSON.stringify(body), meaning);
    },
  };
}

/** POST /v1/phones/{E164}/capability:requestCapabilityCallback */
export function requestCapabilityCallback(context: GatewayContext, routing: Routing): Call {
  const { number, subscriber, request, what } = routing;
  const person = subscriber?.plan.id;
  return {
    operation: 'capability',
    what,
    seen: request.body,
    ...(person === undefined ? {} : { person }),
    serve: (_message, cause) => {
      const json = objectAt(readJson(request.body), 'request');
      onlyFields(json, CALLBACK_REQUEST, '');
      const requestId = textAt(json['requestId'], 'request_id', 128);
      const core = person === undefined ? undefined : context.coreOf(person);
      const known = person === undefined ? undefined : core?.capabilities(person);
      const e2ee = known?.e2ee === true ? ['E2EE_MLS'] : [];
      context.webhook.push({
        notification: {
          agentId: context.agentId,
          requestId,
          phoneNumber: number,
          rbmEnabled: known !== undefined,
          features: known === undefined ? [] : [...FEATURES, ...e2ee],
        },
        event: 'capability callback',
        cause,
        ...(person === undefined
          ? {}
          : {
              person,
              meaning: known === undefined ? unreachable(person) : capable(person, known.e2ee),
            }),
      });
      return ok('{}');
    },
  };
}
