import { FieldError, objectAt, onlyFields } from '../../protocol/rbm/field-check.ts';
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

const BATCH = new Set(['users', 'agentId']);

function readBatch(body: Uint8Array): { users: readonly string[]; agentId: unknown } {
  const json = objectAt(readJson(body), 'request');
  onlyFields(json, BATCH, '');
  const { users, agentId } = json;
  if (!Array.isArray(users) || users.length === 0 || users.length > MOST_USERS) {
    throw new FieldError('users', `users has 1 to ${MOST_USERS} phone numbers.`);
  }
  for (const user of users) {
    if (typeof user !== 'string') throw new FieldError('users', 'users are phone numbers.');
  }
  return { users, agentId };
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
      const sampled = users.length >= SAMPLE_FROM;
      const total = sampled ? Math.round(users.length * SAMPLE_SHARE) : 0;
      const reachable = sampled ? Math.round(reachableUsers.length * SAMPLE_SHARE) : 0;
      const body = {
        reachableUsers,
        totalRandomSampleUserCount: total,
        reachableRandomSampleUserCount: reachable,
      };
      return ok(JSON.stringify(body), meaning);
    },
  };
}

/** POST /v1/phones/{E164}/testers: everybody in a world accepts. */
export function inviteTester(_context: GatewayContext, routing: Routing): Call {
  const { number, subscriber, request, what } = routing;
  return {
    operation: 'event',
    what,
    seen: request.body,
    ...(subscriber === undefined ? {} : { person: subscriber.plan.id }),
    serve: () => {
      if (subscriber === undefined) return notReachable(routing);
      const name = `phones/${number}/testers`;
      return ok(JSON.stringify({ name, inviteStatus: 'ACCEPTED' }));
    },
  };
}
