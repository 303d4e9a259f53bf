/**
 * auth.sinch.com: OAuth 2.0 client credentials (RFC 6749 §4.4) for an access key. The token is a
 * JWT, whose `exp` the vendor's SDK reads to renew it a minute before it ends.
 */
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import { HOUR_OF_LIFE } from '../oauth/token-issuer.ts';
import type { TokenLife } from '../oauth/token-issuer.ts';
import { createSecretCheck } from '../jwt/hmac.ts';
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
  /** How long the next token lives; default 3600 s, as Sinch's. */
  readonly life?: () => TokenLife;
}

export interface SinchTokenAnswer {
  readonly status: 200 | 400 | 401;
  /** JSON text. */
  readonly body: string;
  readonly word: string;
  /** With a token: how long it is said to live, µs. */
  readonly lifeMicros?: number;
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
  const life = options.life ?? (() => HOUR_OF_LIFE);
  const sign = createHs256Signer(signingSecret);
  const verify = createHs256Verifier(signingSecret);
  const basic = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`;
  /** Tokens that end before they say, by their id; s since the Unix epoch. */
  const early = new Map<string, number>();
  const isKnown = createSecretCheck(basic);
  const isBasic = (header: string | undefined): boolean => header !== undefined && isKnown(header);

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
      const { seconds, toldSeconds } = life();
      const id = jti();
      if (seconds < toldSeconds) early.set(id, iat + seconds);
      const token = sign({
        iss: 'https://auth.sinch.com/',
        sub: keyId,
        aud: ['https://api.sinch.com'],
        project_id: projectId,
        iat,
        exp: iat + toldSeconds,
        jti: id,
      });
      const body = JSON.stringify({
        access_token: token,
        expires_in: toldSeconds,
        scope: '',
        token_type: 'bearer',
      });
      const lifeMicros = toldSeconds * MICROS_PER_SECOND;
      return { status: 200, body, word: 'OK', lifeMicros };
    },
    check: (authorization) => {
      if (authorization === undefined) return 'missing';
      if (isBasic(authorization)) return 'basic';
      const [scheme, token = ''] = authorization.split(' ', 2);
      if (scheme?.toLowerCase() !== 'bearer') return 'unknown';
      const verified = verify(token);
      if (verified.kind !== 'decoded') return 'unknown';
      const { exp, jti: id } = verified.claims;
      const ends = typeof id === 'string' ? (early.get(id) ?? exp) : exp;
      return typeof ends === 'number' && ends > now() ? 'bearer' : 'expired';
    },
  };
}
