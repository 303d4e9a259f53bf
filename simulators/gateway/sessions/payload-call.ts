/** POST /v1/secureSessions/{sessionId}/messages: a payload sealed to the gateway. */
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { readJwe } from '../../protocol/jose/jwe.ts';
import { digestOfPayload } from '../../protocol/sessions/notifications.ts';
import { fieldProblems } from '../../protocol/sessions/problems.ts';
import { readPayloadRequest } from '../../protocol/sessions/requests.ts';
import type { PayloadRequest } from '../../protocol/sessions/requests.ts';
import type { Answer, Call } from '../api/answer.ts';
import { answer, refuse } from './answer.ts';
import type { Routing, SessionsContext } from './context.ts';
import { reachOf } from './context.ts';
import { notReachable, withoutEncryption } from './session-calls.ts';
import type { Session } from './session-store.ts';
import { isOver } from './transactions.ts';
import type { Transaction } from './transactions.ts';

const KEEP_MICROS = 30 * 24 * 3_600 * MICROS_PER_SECOND;
/** draft-ietf-httpapi-idempotency-key-header: any token; a limit keeps memory bounded. */
const IDEMPOTENCY_KEY = /^[\w.:~-]{1,128}$/;

export function shownTransaction(transaction: Transaction) {
  const { id, idempotencyKey, session, state, acceptedAt, devices } = transaction;
  return {
    version: 1,
    transactionId: id,
    idempotencyKey,
    sessionId: session,
    state,
    acceptedAt,
    devices: [...devices].map(([deviceId, told]) => ({ deviceId, ...told })),
    status: `/v1/transactions/${id}`,
  };
}

function accepted(transaction: Transaction): Answer {
  const location = `/v1/transactions/${transaction.id}`;
  return answer(202, shownTransaction(transaction), { headers: { location } });
}

/** What the session's keys make of the payload. */
function unseal(
  context: SessionsContext,
  session: Session,
  { jwe }: PayloadRequest,
): { readonly plaintext: Uint8Array } | { readonly refusal: Answer; readonly reason: string } {
  const damaged = (reason: string, detail: string) => ({
    reason,
    refusal: refuse('payload-damaged', { detail, members: { reason } }),
  });
  const read = readJwe(jwe);
  if (read.kind === 'refused') return damaged(read.reason, read.detail);
  const { kid } = read;
  if (kid === undefined) return damaged('kid-missing', 'the header names no key');
  const found = context.sessions.keyOf(session, kid);
  if (found.kind !== 'key') {
    const reason = found.kind === 'retired' ? 'key-retired' : 'key-unknown';
    return { reason, refusal: refuse('wrong-key', { members: { reason, kid } }) };
  }
  const opened = read.open(found.privateKey);
  return opened.kind === 'refused' ? damaged(opened.reason, opened.detail) : opened;
}

/** Lets the gateway see what it has opened, and says which message that is. */
function look(
  { tap, ambient }: SessionsContext,
  session: Session,
  { wire, cause }: { readonly wire: string; readonly cause: number },
  plaintext: Uint8Array,
): string | undefined {
  const seen = tap.look(plaintext);
  const message = seen.messages[0]?.message;
  const payload = ambient.history.append({
    kind: 'session.payload',
    cause,
    session: session.id,
    wire,
    outcome: 'opened',
    ...(message === undefined ? {} : { message }),
  });
  tap.record(seen, payload, wire, 'rcs-e2ee');
  return message;
}

interface Sent {
  readonly session: Session;
  readonly wire: string;
  readonly transactionId: string;
  readonly idempotencyKey: string;
  readonly payload: PayloadRequest;
  readonly cause: number;
}

async function take(context: SessionsContext, sent: Sent): Promise<Answer> {
  const { session, wire, transactionId, idempotencyKey, payload, cause } = sent;
  const { sessions, transactions, groups, directory, ambient } = context;
  const { clock, history } = ambient;
  const digest = digestOfPayload(payload.jwe);
  const earlier = transactions.byKey(idempotencyKey);
  if (earlier !== undefined) {
    return earlier.digest === digest ? accepted(earlier) : refuse('idempotency-key-reused');
  }
  const refused = (reason: string, refusal: Answer): Answer => {
    const facts = { session: session.id, wire, outcome: 'refused', reason } as const;
    history.append({ kind: 'session.payload', cause, ...facts });
    return refusal;
  };
  const over = sessions.overBecause(session);
  if (over !== undefined)
    return refused(over, refuse('session-over', { members: { reason: over } }));
  const unsealed = unseal(context, session, payload);
  if ('refusal' in unsealed) return refused(unsealed.reason, unsealed.refusal);
  if (transactions.byDigest(digest) !== undefined) {
    return refused('payload-repeated', refuse('payload-repeated'));
  }
  const subscriber = directory.byMsisdn(session.number);
  const reach = reachOf(context, subscriber);
  if (subscriber === undefined || reach === undefined) {
    return refused('number-not-reachable', notReachable(subscriber));
  }
  const { person } = session;
  if (!reach.e2ee) return refused('encryption-not-available', withoutEncryption(person, 'carrier'));
  const { plaintext } = unsealed;
  const message = look(context, session, { wire, cause }, plaintext);
  const ttlMicros =
    payload.ttlSeconds === undefined ? undefined : payload.ttlSeconds * MICROS_PER_SECOND;
  const transaction = transactions.open({
    id: transactionId,
    session: session.id,
    person,
    idempotencyKey,
    digest,
    message,
    ttlMicros,
    core: reach.core,
    cause,
  });
  const isSent = await groups.send(subscriber, {
    wire,
    transaction: transactionId,
    plaintext,
    message,
    expiresAtMicros: clock.now() + (ttlMicros ?? KEEP_MICROS),
    outcome: transactions.outcomeOf(transaction, cause),
    over: () => isOver(transaction),
    copied: (copy) => transaction.wires.push(copy),
  });
  if (isSent) return accepted(transaction);
  transactions.forget(transaction);
  return withoutEncryption(person, 'keys');
}

/** POST /v1/secureSessions/{sessionId}/messages */
export function sendPayload(context: SessionsContext, { request, what, params }: Routing): Call {
  const session = context.sessions.get(params['sessionId'] ?? '');
  const idempotencyKey = request.headers['idempotency-key'] ?? '';
  const facts = { operation: 'send', channel: 'rcs-e2ee', what, seen: request.body } as const;
  const wrong = (refusal: Answer): Call => ({ ...facts, serve: () => refusal });
  if (!IDEMPOTENCY_KEY.test(idempotencyKey)) return wrong(refuse('idempotency-key-missing'));
  if (session === undefined) return wrong(refuse('session-unknown'));
  const { person } = session;
  const { transactions } = context;
  const isRepeated = transactions.byKey(idempotencyKey) !== undefined;
  const transactionId = transactions.idFor(idempotencyKey);
  const wire = `sessions:${transactionId}`;
  const read = readPayloadRequest(request.body);
  const known = { ...facts, wire, person };
  if ('problems' in read) {
    const fields = fieldProblems(read.problems);
    return { ...known, serve: () => refuse('invalid-request', { members: { fields } }) };
  }
  const payload = read.value;
  return {
    ...known,
    ...(isRepeated ? { repeated: true } : {}),
    serve: (_message, cause) =>
      take(context, { session, wire, transactionId, idempotencyKey, payload, cause }),
    pretend: () => {
      const { component, ambient } = context;
      ambient.history.append({ kind: 'lost', wire, component });
      const time = new Date(ambient.clock.epochMillis()).toISOString();
      const status = `/v1/transactions/${transactionId}`;
      const facts = { transactionId, idempotencyKey, sessionId: session.id, acceptedAt: time };
      return answer(202, { version: 1, ...facts, state: 'accepted', devices: [], status });
    },
  };
}
