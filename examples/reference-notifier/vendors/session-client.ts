import type { ModulePorts } from 'bellwether/module';
import type { P256Jwk } from 'bellwether/protocol';
import type { SessionSettings } from '../settings.ts';
import { call } from './answer.ts';
import type { Answer } from './answer.ts';
import { createAuthorisedCalls } from './authorised-calls.ts';

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
  const calls = createAuthorisedCalls(ports, { tokenUrl, account, scope, backOffMs });
  const ask = (
    method: string,
    path: string,
    how: { readonly body?: unknown; readonly key?: string; readonly limitMs?: number } = {},
  ): Promise<Answer> => {
    const { body, key, limitMs } = how;
    return calls({
      method,
      url: `${baseUrl}${path}`,
      body,
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      limitMs,
    });
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
