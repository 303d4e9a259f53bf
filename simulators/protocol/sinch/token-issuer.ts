/**
 * auth.sinch.com: OAuth 2.0 client credentials (RFC 6749 §4.4) for an access key. The token is a
 * JWT, whose `exp` the vendor's SDK reads to renew it a minute before it ends.
 */
import { sameSignature } from '../jwt/hmac.ts';
import { createHs256Signer } from '../jwt/sign.ts';
import { createHs256Verifier } from '../jwt/verify.ts';
import { oauthError } from './errors.ts';

export interface SinchTokenOptions {
  readonly keyId: string;
  readonly keySecret: string;
  readonly projectId: string;
  /** Signs the tokens; nobody else knows it. */
  readonly signingSecret: string;
  /** Seconds since the Unix epoch. */
  readonly now: () => number;
  /** A unique id for each token. */
  readonly jti: () => string;
  /** Default 3600, as Sinch's. */
  readonly lifetimeSeconds?: number;
}

export interface SinchTokenAnswer {
  readonly status: 200 | 400 | 401;
  /** JSON text. */
  readonly body: string;
  readonly word: string;
}

/** What an Authorization header at the Conversation API is worth. */
export type SinchAuthorization = 'bearer' | 'basic' | 'missing' | 'unknown' | 'expired';

export interface SinchTokenIssuer {
  /** Answers a form body `grant_type=client_credentials` with Basic credentials. */
  handle(form: Uint8Array, authorization: string | undefined): SinchTokenAnswer;
  check(authorization: string | undefined): SinchAuthorization;
}

export function createSinchTokenIssuer(options: SinchTokenOptions): SinchTokenIssuer {
  const { keyId, keySecret, projectId, signingSecret, now, jti } = options;
  const lifetimeSeconds = options.lifetimeSeconds ?? 3_600;
  const sign = createHs256Signer(signingSecret);
  const verify = createHs256Verifier(signingSecret);
  const basic = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`;
  const isBasic = (header: string | undefined): boolean =>
    header !== undefined && sameSignature(basic, header);

  return {
    handle: (form, authorization) => {
      if (!isBasic(authorization)) {
        const body = oauthError('invalid_client', 'Client authentication failed.');
        return { status: 401, body, word: 'invalid_client' };
      }
      const fields = new URLSearchParams(Buffer.from(form).toString('latin1'));
      if (fields.get('grant_type') !== 'client_credentials') {
        const body = oauthError('unsupported_grant_type', 'Only client_credentials is supported.');
        return { status: 400, body, word: 'unsupported_grant_type' };
      }
      const iat = now();
      const token = sign({
        iss: 'https://auth.sinch.com/',
        sub: keyId,
        aud: ['https://api.sinch.com'],
        project_id: projectId,
        iat,
        exp: iat + lifetimeSeconds,
        jti: jti(),
      });
      const body = JSON.stringify({
        access_token: token,
        expires_in: lifetimeSeconds,
        scope: '',
        token_type: 'bearer',
      });
      return { status: 200, body, word: 'OK' };
    },
    check: (authorization) => {
      if (authorization === undefined) return 'missing';
      if (isBasic(authorization)) return 'basic';
      const [scheme, token = ''] = authorization.split(' ', 2);
      if (scheme?.toLowerCase() !== 'bearer') return 'unknown';
      const verified = verify(token);
      if (verified.kind !== 'decoded') return 'unknown';
      const { exp } = verified.claims;
      return typeof exp === 'number' && exp > now() ? 'bearer' : 'expired';
    },
  };
}
