import { createRs256Signer } from 'bellwether/protocol';
import type { ModulePorts } from 'bellwether/module';
import type { ServiceAccount } from '../settings.ts';
import { call } from './answer.ts';
import type { Answer } from './answer.ts';

/** An OAuth access token for a service account, fetched once and renewed before it ends. */
export interface GoogleToken {
  /** The token, or why there is none. Calls at the same time share one request. */
  get(): Promise<
    { readonly kind: 'token'; readonly token: string } | Exclude<Answer, { kind: 'ok' }>
  >;
  /** This token was refused: the next `get` fetches another. */
  forget(token: string): void;
}

export interface GoogleTokenOptions {
  readonly tokenUrl: string;
  readonly account: ServiceAccount;
  readonly scope: string;
  readonly backOffMs: number;
}

const LIFETIME_SECONDS = 3600;
/** Renewed a minute before its end, or a tenth of its life: it may live for seconds only. */
const RENEW_EARLY_MS = 60_000;
const RENEW_EARLY_SHARE = 0.1;
const LIMIT_MS = 5_000;

type Ports = Pick<ModulePorts, 'fetch' | 'clock'>;

export function createGoogleToken(ports: Ports, options: GoogleTokenOptions): GoogleToken {
  const sign = createRs256Signer(options.account.private_key);
  let kept: { token: string; untilMs: number } | undefined;
  let asking: ReturnType<GoogleToken['get']> | undefined;

  const ask = async (): ReturnType<GoogleToken['get']> => {
    const nowMs = ports.clock.epochMillis();
    const nowSeconds = Math.floor(nowMs / 1000);
    // RFC 7523 §2.1, as Google's service accounts sign it.
    const claims = {
      iss: options.account.client_email,
      scope: options.scope,
      aud: options.tokenUrl,
      iat: nowSeconds,
      exp: nowSeconds + LIFETIME_SECONDS,
    };
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: sign(claims),
    });
    const answer = await call(ports, {
      url: options.tokenUrl,
      options: {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      },
      limitMs: LIMIT_MS,
      backOffMs: options.backOffMs,
    });
    if (answer.kind !== 'ok') return answer;
    const body = (answer.body ?? {}) as { access_token?: unknown; expires_in?: unknown };
    if (typeof body.access_token !== 'string') {
      return { kind: 'broken', untilMs: nowMs + options.backOffMs };
    }
    const lifetimeMs = Number(body.expires_in ?? LIFETIME_SECONDS) * 1000;
    const earlyMs = Math.min(RENEW_EARLY_MS, lifetimeMs * RENEW_EARLY_SHARE);
    kept = { token: body.access_token, untilMs: nowMs + lifetimeMs - earlyMs };
    return { kind: 'token', token: kept.token };
  };

  return {
    get: async () => {
      if (kept !== undefined && ports.clock.epochMillis() < kept.untilMs) {
        return { kind: 'token', token: kept.token };
      }
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    forget: (token) => {
      if (kept?.token === token) kept = undefined;
    },
  };
}
