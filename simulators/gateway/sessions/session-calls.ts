/** Beginning, showing, renewing and closing secure sessions. */
import type { Subscriber } from '../../network/bearer.ts';
import { fieldProblems } from '../../protocol/sessions/problems.ts';
import { readSessionRequest } from '../../protocol/sessions/requests.ts';
import type { Answer, Call } from '../api/answer.ts';
import { answer, refuse } from './answer.ts';
import type { Routing, SessionsContext } from './context.ts';
import { reachOf } from './context.ts';
import { encryptionOf, unreachable } from './meanings.ts';
import type { Session } from './session-store.ts';

/** Who can read a payload between the sender and the person: said in every answer. */
const READABLE_FOR: readonly string[] = Object.freeze(['gateway']);

function shown({ ambient, agentId }: SessionsContext, session: Session) {
  const { id, number, devices, keys, endsAtMicros, ended } = session;
  const { clock } = ambient;
  const present = keys.at(-1);
  const leftMillis = (endsAtMicros - clock.now()) / 1_000;
  return {
    version: 1,
    sessionId: id,
    agentId,
    phoneNumber: number,
    devices: devices.map((deviceId) => ({ deviceId })),
    encryptionKey: {
      ...present?.publicJwk,
      kid: present?.kid,
      use: 'enc',
      alg: 'ECDH-ES',
      enc: 'A256GCM',
    },
    expiresAt: new Date(clock.epochMillis() + leftMillis).toISOString(),
    state: ended ?? (leftMillis < 0 ? 'expired' : 'open'),
    endToEnd: false,
    readableFor: READABLE_FOR,
  };
}

export function notReachable(subscriber: Subscriber | undefined): Answer {
  const person = subscriber?.plan.id;
  return refuse(
    'number-not-reachable',
    person === undefined ? {} : { meaning: unreachable(person) },
  );
}

export function withoutEncryption(person: string, code: 'carrier' | 'keys'): Answer {
  const meaning = encryptionOf(person, false);
  return code === 'keys'
    ? refuse('no-device-with-keys', { meaning })
    : refuse('encryption-not-available', { meaning });
}

/** POST /v1/phones/{E164}/secureSessions */
export function beginSession(context: SessionsContext, { request, what, params }: Routing): Call {
  const number = decodeNumber(params['E164'] ?? '');
  const subscriber = context.directory.byMsisdn(number);
  const person = subscriber?.plan.id;
  return {
    operation: 'session',
    what,
    seen: request.body,
    ...(person === undefined ? {} : { person }),
    serve: () => {
      const read = readSessionRequest(request.body);
      if ('problems' in read) {
        const fields = fieldProblems(read.problems);
        return refuse('invalid-request', { members: { fields } });
      }
      const reach = reachOf(context, subscriber);
      if (subscriber === undefined || person === undefined || reach === undefined) {
        return notReachable(subscriber);
      }
      const devices = context.groups.devicesOf(subscriber);
      if (!reach.e2ee || devices.length === 0) return withoutEncryption(person, 'carrier');
      const { lifetimeSeconds, replyKey } = read.value;
      const of = { person, number, devices, replyKey };
      const session = context.sessions.begin(of, lifetimeSeconds);
      return answer(201, shown(context, session), { meaning: encryptionOf(person, true) });
    },
  };
}

function decodeNumber(part: string): string {
  return part.replace(/^%2B/i, '+');
}

type OfSession = (session: Session) => Answer;

/** A call about a session that is there. */
function about(
  context: SessionsContext,
  { request, what, params }: Routing,
  serve: OfSession,
): Call {
  const session = context.sessions.get(params['sessionId'] ?? '');
  return {
    operation: 'session',
    what,
    seen: request.body.length > 0 ? request.body : request.path,
    ...(session === undefined ? {} : { person: session.person }),
    serve: () => (session === undefined ? refuse('session-unknown') : serve(session)),
  };
}

/** GET /v1/secureSessions/{sessionId} */
export function showSession(context: SessionsContext, routing: Routing): Call {
  return about(context, routing, (session) => answer(200, shown(context, session)));
}

/** POST /v1/secureSessions/{sessionId}/renewal */
export function renewSession(context: SessionsContext, routing: Routing): Call {
  return about(context, routing, (session) => {
    const read = readSessionRequest(routing.request.body);
    if ('problems' in read) {
      const fields = fieldProblems(read.problems);
      return refuse('invalid-request', { members: { fields } });
    }
    const reason = context.sessions.overBecause(session);
    if (reason !== undefined) return refuse('session-over', { members: { reason } });
    context.sessions.renew(session, read.value.lifetimeSeconds);
    return answer(200, shown(context, session), { meaning: encryptionOf(session.person, true) });
  });
}

/** DELETE /v1/secureSessions/{sessionId}: closing twice is closing once. */
export function closeSession(context: SessionsContext, routing: Routing): Call {
  return about(context, routing, (session) => {
    if (session.ended === undefined) context.sessions.end(session, 'closed');
    return answer(200, shown(context, session));
  });
}
