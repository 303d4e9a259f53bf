import type { ModulePorts } from 'bellwether/module';
import type { RbmSettings } from '../settings.ts';
import { call } from './answer.ts';
import type { Answer } from './answer.ts';
import { createGoogleToken } from './google-token.ts';

/** Google RCS for Business API v1, with the extension for encryption (docs/gateway-rbm.md). */
export interface RbmClient {
  capabilities(msisdn: string, limitMs: number): Promise<Answer>;
  /** The same messageId twice is one message: what makes repetition safe. */
  send(
    msisdn: string,
    messageId: string,
    contentMessage: unknown,
    how?: SendOptions,
  ): Promise<Answer>;
  revoke(msisdn: string, messageId: string): Promise<Answer>;
  claimKeyPackages(msisdn: string, wanted: ClaimOptions): Promise<Answer>;
}

export interface ClaimOptions {
  /** Absent: all of them. */
  readonly deviceIds?: readonly string[];
  readonly credential: 'basic' | 'x509';
}

export interface SendOptions {
  /** After this time the gateway takes an undelivered message back by itself. */
  readonly ttlMs?: number;
  readonly limitMs?: number;
}

const SCOPE = 'https://www.googleapis.com/auth/rcsbusinessmessaging';
const LIMIT_MS = 5_000;

type Ports = Pick<ModulePorts, 'fetch' | 'clock' | 'uuid'>;

export function createRbmClient(ports: Ports, settings: RbmSettings, backOffMs: number): RbmClient {
  const oauth = createGoogleToken(ports, {
    tokenUrl: settings.tokenUrl,
    account: settings.account,
    scope: SCOPE,
    backOffMs,
  });

  const ask = async (
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
    body?: unknown,
    limitMs = LIMIT_MS,
    again = true,
  ): Promise<Answer> => {
    const access = await oauth.get();
    if (access.kind !== 'token') return access;
    const search = new URLSearchParams({ ...query, agentId: settings.agentId });
    const answer = await call(ports, {
      url: `${settings.baseUrl}${path}?${search.toString()}`,
      options: {
        method,
        headers: {
          authorization: `Bearer ${access.token}`,
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
    return ask(method, path, query, body, limitMs, false);
  };

  return {
    capabilities: (msisdn, limitMs) =>
      ask(
        'GET',
        `/v1/phones/${msisdn}/capabilities`,
        { requestId: ports.uuid() },
        undefined,
        limitMs,
      ),
    send: (msisdn, messageId, contentMessage, { ttlMs, limitMs } = {}) =>
      ask(
        'POST',
        `/v1/phones/${msisdn}/agentMessages`,
        { messageId },
        { contentMessage, ...(ttlMs === undefined ? {} : { ttl: `${Math.ceil(ttlMs / 1000)}s` }) },
        limitMs,
      ),
    revoke: (msisdn, messageId) =>
      ask('DELETE', `/v1/phones/${msisdn}/agentMessages/${messageId}`, {}),
    claimKeyPackages: (msisdn, wanted) =>
      ask('POST', `/v1/phones/${msisdn}/keyPackages:claim`, {}, wanted),
  };
}
