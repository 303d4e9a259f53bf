/**
 * Google's OAuth 2.0 token endpoint for service accounts: a signed JWT is exchanged for an opaque
 * access token (RFC 7523 §2.1; Google, "Using OAuth 2.0 for Server to Server Applications").
 */
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { DecodedJwt } from '../jwt/decode.ts';
import { createRs256Verifier } from '../jwt/verify.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Longest life of an assertion that Google accepts. */
const LONGEST_ASSERTION_SECONDS = 3_600;
/** How far the two clocks may be apart. */
const SKEW_SECONDS = 300;
/** Expired tokens are swept when so many are known. */
const SWEEP_AT = 1_024;

/** The paths that clients have built in (gtoken, google-auth-library 11). */
export const TOKEN_PATHS: readonly string[] = ['/token', '/oauth2/v4/token'];

export interface TokenIssuerOptions {
  readonly publicKeyPem: string;
  /** One of the assertion's scopes must be it; undefined takes any. */
  readonly scope?: string;
  /** The only account that gets tokens; undefined takes any issuer. */
  readonly clientEmail?: string;
  /** Random bytes (the kernel's, seeded). */
  readonly random: (length: number) => Uint8Array;
  /** Seconds since the Unix epoch. */
  readonly now: () => number;
  /** How long the next token lives; default 3600 s, as Google's. */
  readonly life?: () => TokenLife;
}

/** How long an access token is taken, and how long `expires_in` says: s. */
export interface TokenLife {
  readonly seconds: number;
  readonly toldSeconds: number;
}

/** What Google and Sinch give out. */
export const HOUR_OF_LIFE: TokenLife = Object.freeze({ seconds: 3_600, toldSeconds: 3_600 });

export interface TokenAnswer {
  readonly status: 200 | 400;
  /** JSON text. */
  readonly body: string;
  /** For the door's `status`: `OK` or `invalid_grant`. */
  readonly word: string;
  /** With a token: how long it is said to live, µs. */
  readonly lifeMicros?: number;
}

/** What an Authorization header is worth. */
export type BearerCheck = 'valid' | 'missing' | 'unknown' | 'expired';

export interface TokenIssuer {
  /** Answers a form body `grant_type=…&assertion=…`. */
  handle(form: string | Uint8Array): TokenAnswer;
  check(authorization: string | undefined): BearerCheck;
  /** Forgets every token: what was handed out is `unknown` from now on. */
  revokeAll(): void;
}

function refusal(error: string, description: string): TokenAnswer {
  const body = JSON.stringify({ error, error_description: description });
  return { status: 400, body, word: error };
}

/** Why Google would not take these claims, in its own words where they are known. */
function claimsProblem(jwt: DecodedJwt, options: TokenIssuerOptions): string | undefined {
  const { iss, aud, scope, iat, exp } = jwt.claims;
  const now = options.now();
  if (typeof iss !== 'string' || iss === '') return 'Invalid JWT: iss is missing.';
  if (options.clientEmail !== undefined && iss !== options.clientEmail) {
    return 'Invalid grant: account not found';
  }
  if (typeof aud !== 'string' || aud === '') return 'Invalid JWT: Failed audience check.';
  if (typeof iat !== 'number' || typeof exp !== 'number') {
    return 'Invalid JWT: iat and exp are required.';
  }
  const reasonable =
    exp > now - SKEW_SECONDS &&
    iat <= now + SKEW_SECONDS &&
    exp - iat <= LONGEST_ASSERTION_SECONDS + SKEW_SECONDS;
  if (!reasonable) {
    return (
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable ' +
      'timeframe. Check your iat and exp values in the JWT claim.'
    );
  }
  if (options.scope === undefined) return undefined;
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  return scopes.includes(options.scope)
    ? undefined
    : 'Invalid OAuth scope or ID token audience provided.';
}

/** An issuer with its tokens. Assertions are verified; tokens are opaque and come from `random`. */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const verify = createRs256Verifier(options.publicKeyPem);
  const life = options.life ?? (() => HOUR_OF_LIFE);
  /** Token → when it expires, in seconds. */
  const tokens = new Map<string, number>();

  const issue = (seconds: number): string => {
    const now = options.now();
    if (tokens.size >= SWEEP_AT) {
      for (const [token, expires] of tokens) if (expires <= now) tokens.delete(token);
    }
    const token = `ya29.${Buffer.from(options.random(30)).toString('base64url')}`;
    tokens.set(token, now + seconds);
    return token;
  };

  /** The last header and its token: a client says the same each time. */
  let lastHeader = '';
  let lastToken: string | undefined;
  const tokenOf = (header: string): string | undefined => {
    if (header === lastHeader) return lastToken;
    lastHeader = header;
    // RFC 6750 §2.1; the scheme is case-insensitive (RFC 9110 §11.1).
    lastToken = /^bearer +(\S+)$/i.exec(header)?.[1];
    return lastToken;
  };

  return {
    handle: (form) => {
      const text = typeof form === 'string' ? form : Buffer.from(form).toString('latin1');
      const fields = new URLSearchParams(text);
      if (fields.get('grant_type') !== GRANT_TYPE) {
        return refusal('unsupported_grant_type', 'Invalid grant_type');
      }
      const assertion = fields.get('assertion');
      if (assertion === null) return refusal('invalid_request', 'Missing parameter: assertion');
      const verified = verify(assertion);
      if (verified.kind === 'bad-signature') {
        return refusal('invalid_grant', 'Invalid JWT Signature.');
      }
      if (verified.kind !== 'decoded') {
        return refusal('invalid_grant', 'Invalid JWT: the assertion cannot be read.');
      }
      const problem = claimsProblem(verified, options);
      if (problem !== undefined) {
        return refusal(
          problem.startsWith('Invalid OAuth scope') ? 'invalid_scope' : 'invalid_grant',
          problem,
        );
      }
      const { seconds, toldSeconds } = life();
      const answer = {
        access_token: issue(seconds),
        expires_in: toldSeconds,
        token_type: 'Bearer',
      };
      const lifeMicros = toldSeconds * MICROS_PER_SECOND;
      return { status: 200, body: JSON.stringify(answer), word: 'OK', lifeMicros };
    },
    check: (authorization) => {
      const token = tokenOf(authorization ?? '');
      if (token === undefined) return 'missing';
      const expires = tokens.get(token);
      if (expires === undefined) return 'unknown';
      return expires > options.now() ? 'valid' : 'expired';
    },
    revokeAll: () => tokens.clear(),
  };
}
