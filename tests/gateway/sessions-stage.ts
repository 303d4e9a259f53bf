/** A sender by gateway-managed sessions in a test's hands, with JOSE of another make. */
import { CompactEncrypt, createLocalJWKSet, flattenedVerify, importJWK } from 'jose';
import type { JSONWebKeySet, JWK } from 'jose';
import { createRs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { ANA, virtualStage } from './vendor-stage.ts';
import type { Called, Hook } from './vendor-stage.ts';

export interface SessionShown {
  readonly sessionId: string;
  readonly encryptionKey: JWK & { readonly kid: string };
  readonly devices: readonly { readonly deviceId: string }[];
  readonly expiresAt: string;
  readonly endToEnd: boolean;
  readonly readableFor: readonly string[];
}

/** The form that exchanges a service account's assertion for a token (RFC 7523 §2.1). */
function tokenForm(account: Record<string, string>, epochMillis: number): string {
  const now = Math.floor(epochMillis / 1_000);
  const assertion = createRs256Signer(account['private_key'] ?? '')({
    iss: account['client_email'],
    scope: 'secure-sessions',
    aud: account['token_uri'],
    iat: now,
    exp: now + 3_600,
  });
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  return new URLSearchParams({ grant_type, assertion }).toString();
}

/** A payload sealed to a session's key. */
export async function seal(
  text: string,
  { encryptionKey }: Pick<SessionShown, 'encryptionKey'>,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: encryptionKey.kid, ...header })
    .encrypt(await importJWK(encryptionKey, 'ECDH-ES'));
}

/** Verifies a callback against a key set; its protected header. Throws when it does not hold. */
export async function verified(hook: Hook, keys: JSONWebKeySet): Promise<Record<string, unknown>> {
  const jws = hook.headers['x-jws-signature'] ?? '';
  const [protectedPart = '', detached, signature = ''] = jws.split('.');
  if (detached !== '') throw new Error('not detached');
  const payload = Buffer.from(hook.body).toString('base64url');
  const read = await flattenedVerify(
    { protected: protectedPart, payload, signature },
    createLocalJWKSet(keys),
  );
  return { ...read.protectedHeader };
}

type StageOptions = Parameters<typeof virtualStage>[1];

export async function sessionsStage(options: StageOptions = {}) {
  const stage = await virtualStage('sessions', options);
  const account = JSON.parse(stage.value('serviceAccount')) as Record<string, string>;
  const token = await stage.call('POST', '/token', tokenForm(account, stage.clock.epochMillis()), {
    'content-type': 'application/x-www-form-urlencoded',
  });
  const authorization = `Bearer ${String(token.json['access_token'])}`;
  const call = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Called> => stage.call(method, path, body, { authorization, ...headers });
  const begin = async (body?: unknown): Promise<SessionShown> => {
    const begun = await call('POST', `/v1/phones/+${ANA}/secureSessions`, body);
    if (begun.status !== 201) throw new Error(`${begun.status} ${String(begun.json['code'])}`);
    return begun.json as unknown as SessionShown;
  };
  let count = 0;
  return {
    ...stage,
    call,
    begin,
    /** Sends a text; `key` and `jwe` where they matter. */
    send: async (
      session: SessionShown,
      text: string,
      how: { readonly key?: string; readonly jwe?: string; readonly ttlSeconds?: number } = {},
    ): Promise<Called> => {
      const jwe = how.jwe ?? (await seal(text, session));
      const ttl = how.ttlSeconds === undefined ? {} : { ttlSeconds: how.ttlSeconds };
      return call(
        'POST',
        `/v1/secureSessions/${session.sessionId}/messages`,
        { jwe, ...ttl },
        { 'idempotency-key': how.key ?? `key-${++count}` },
      );
    },
    keySet: async (): Promise<JSONWebKeySet> =>
      (await stage.call('GET', '/v1/receiptKeys', undefined, {})).json as unknown as JSONWebKeySet,
    receipts: () => stage.hooks.filter(({ json }) => json['type'] === 'receipt'),
  };
}
