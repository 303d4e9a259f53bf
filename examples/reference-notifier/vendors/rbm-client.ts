import type { ModulePorts } from 'bellwether/module';
import type { RbmSettings } from '../settings.ts';
import type { Answer } from './answer.ts';
import { createAuthorisedCalls } from './authorised-calls.ts';

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

type Ports = Pick<ModulePorts, 'fetch' | 'clock' | 'uuid'>;

export function createRbmClient(ports: Ports, settings: RbmSettings, backOffMs: number): RbmClient {
  const { tokenUrl, account } = settings;
  const calls = createAuthorisedCalls(ports, { tokenUrl, account, scope: SCOPE, backOffMs });
  const ask = (
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
    body?: unknown,
    limitMs?: number,
  ): Promise<Answer> => {
    const search = new URLSearchParams({ ...query, agentId: settings.agentId });
    return calls({
      method,
      url: `${settings.baseUrl}${path}?${search.toString()}`,
      body,
      limitMs,
    });
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
