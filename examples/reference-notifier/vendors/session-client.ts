import type { ModulePorts } from 'bellwether/module';
import type { P256Jwk } from 'bellwether/protocol';
import type { SessionSettings } from '../settings.ts';
import { call } from './answer.ts';
import type { Answer } from './answer.ts';
import { createGoogleToken } from './google-token.ts';

/** A gateway that manages secure sessions (docs/gateway-sessions.md). */
export interface SessionClient {
  begin(msisdn: string, replyKey: P256Jwk): Promise<Answer>;
  renew(session: string): Promise<Answer>;
  /** The same key with the same payload twice is one message. */
  send(session: string, key: string, payload: SealedPayload, limitMs: number): Promise<Answer>;
  /** Takes back whatever was taken under this key. */
  takeBack(session: string, key: string): Promise<Answer>;
  /** The keys that sign receipts (RFC 7517 §5). */
  receiptKeys(): Promise<Answer>;
}

export interface SealedPayload {
  /** Compact. */
  readonly jwe: string;
  /** After so long the gateway gives an undelivered message up, s. */
  readonly ttlSeconds: number;
}

const LIMIT_MS = 5_000;

type Ports = Pick<ModulePorts, 'fetch' | 'clock'>;

export function createSessionClient(
  ports: Ports,
  { baseUrl, tokenUrl, scope, account }: SessionSettings,
  backOffMs: number,
): SessionClient {
  const oauth = createGoogleToken(ports, { tokenUrl, account, scope, backOffMs });

  const ask = async (
    method: string,
    path: string,
    how: { readonly body?: unknown; readonly key?: string; readonly limitMs?: number } = {},
    again = true,
  ): Promise<Answer> => {
    const access = await oauth.get();
    if (access.kind !== 'token') return access;
    const { body, key, limitMs = LIMIT_MS } = how;
    const answer = await call(ports, {
      url: `${baseUrl}${path}`,
      options: {
        method,
        headers: {
          authorization: `Bearer ${access.token}`,
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      limitMs,
      backOffMs,
    });
    if (answer.kind !== 'unauthorized' || !again) return answer;
    // One fresh token, once; a second refusal is an answer.
    oauth.forget(access.token);
    return ask(method, path, how, false);
  };

  return {
    begin: (msisdn, replyKey) =>
      ask('POST', `/v1/phones/${msisdn}/secureSessions`, { body: { replyKey } }),
    renew: (session) => ask('POST', `/v1/secureSessions/${session}/renewal`),
    send: (session, key, payload, limitMs) =>
      ask('POST', `/v1/secureSessions/${session}/messages`, { body: payload, key, limitMs }),
    takeBack: (session, key) => ask('DELETE', `/v1/secureSessions/${session}/messages/${key}`),
    receiptKeys: () =>
      call(ports, {
        url: `${baseUrl}/v1/receiptKeys`,
        options: { method: 'GET', headers: {} },
        limitMs: LIMIT_MS,
        backOffMs,
      }),
  };
}
