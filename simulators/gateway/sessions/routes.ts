import type { DoorOperation } from '../../kernel/events.ts';
import type { Call } from '../api/answer.ts';
import type { Operation } from '../api/routes.ts';
import { answer } from './answer.ts';
import type { Routing, SessionsContext } from './context.ts';
import { sendPayload } from './payload-call.ts';
import { beginSession, closeSession, renewSession, showSession } from './session-calls.ts';
import { cancelByKey, cancelTransaction, showTransaction } from './transaction-calls.ts';

export interface SessionsRoute extends Operation {
  /** Named in the history when the request is refused before it is read. */
  readonly operation: DoorOperation;
  /** Needs no token. */
  readonly open?: true;
  readonly read: (context: SessionsContext, routing: Routing) => Call;
}

const SOURCE = 'Bellwether’s extension for gateway-managed sessions, version 1';

/** GET /v1/receiptKeys: whoever checks receipts needs no token for it. */
function receiptKeys({ keys }: SessionsContext, { request, what }: Routing): Call {
  return {
    operation: 'query',
    what,
    seen: request.path,
    serve: () => ({
      ...answer(200, {}),
      body: keys.published(),
      headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=300' },
    }),
  };
}

/** POST /token: an assertion (RFC 7523 §2.1) becomes an access token. */
function issueToken({ tokens }: SessionsContext, { request, what }: Routing): Call {
  return {
    operation: 'token',
    what,
    seen: request.body,
    serve: () => {
      const { status, body, word, lifeMicros } = tokens.handle(request.body);
      const outcome = status === 200 ? 'accepted' : 'unauthorized';
      const given = lifeMicros === undefined ? {} : { tokenLifeMicros: lifeMicros };
      return { status, body, outcome, word: `${status} ${word}`, ...given };
    },
  };
}

type Row = readonly [
  method: Operation['method'],
  path: string,
  operation: DoorOperation,
  does: string,
  read: SessionsRoute['read'],
];

const ROWS: readonly Row[] = [
  [
    'POST',
    '/v1/phones/{E164}/secureSessions',
    'session',
    'begins a session with a number',
    beginSession,
  ],
  ['GET', '/v1/secureSessions/{sessionId}', 'session', 'shows a session', showSession],
  [
    'POST',
    '/v1/secureSessions/{sessionId}/renewal',
    'session',
    'gives a session a new key and a later end',
    renewSession,
  ],
  ['DELETE', '/v1/secureSessions/{sessionId}', 'session', 'closes a session', closeSession],
  [
    'POST',
    '/v1/secureSessions/{sessionId}/messages',
    'send',
    'sends a payload that is sealed to the session’s key',
    sendPayload,
  ],
  [
    'DELETE',
    '/v1/secureSessions/{sessionId}/messages/{idempotencyKey}',
    'revoke',
    'takes back what was sent under a key',
    cancelByKey,
  ],
  [
    'GET',
    '/v1/transactions/{transactionId}',
    'query',
    'tells what became of a transaction',
    showTransaction,
  ],
  [
    'DELETE',
    '/v1/transactions/{transactionId}',
    'revoke',
    'takes a transaction back',
    cancelTransaction,
  ],
];

export const SESSIONS_ROUTES: readonly SessionsRoute[] = [
  {
    method: 'POST',
    path: '/token',
    does: 'gives an access token for a signed assertion',
    source: 'RFC 7523 §2.1',
    operation: 'token',
    open: true,
    read: issueToken,
  },
  ...ROWS.map(([method, path, operation, does, read]) => ({
    method,
    path,
    does,
    source: SOURCE,
    operation,
    read,
  })),
  {
    method: 'GET',
    path: '/v1/receiptKeys',
    does: 'lists the keys that sign receipts (a JWK Set)',
    source: 'RFC 7517 §5',
    operation: 'query',
    open: true,
    read: receiptKeys,
  },
];
