/** JSON Web Tokens in the compact serialisation (RFC 7519, RFC 7515 §7.1). */

export type JwtAlgorithm = 'ES256' | 'RS256' | 'HS256';

export interface JwtHeader {
  readonly alg: string;
  readonly typ?: string;
  readonly kid?: string;
  readonly [name: string]: unknown;
}

export type JwtClaims = Readonly<Record<string, unknown>>;

export interface DecodedJwt {
  readonly kind: 'decoded';
  readonly header: JwtHeader;
  readonly claims: JwtClaims;
  /** What is signed: header and claims as they stand in the token (RFC 7515 §5.1). */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** A peer's token that cannot be read; a value, since peers may send anything. */
export interface MalformedJwt {
  readonly kind: 'malformed';
  readonly part: 'token' | 'header' | 'claims' | 'signature';
  readonly reason: string;
}

const BASE64URL = /^[A-Za-z0-9_-]*$/;

function decodeObject(part: string): Readonly<Record<string, unknown>> | string {
  // RFC 7515 §2: base64url without padding, white space or line breaks.
  if (!BASE64URL.test(part)) return 'not base64url';
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
    return 'not a JSON object';
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Reads a token without checking its signature. */
export function decodeJwt(token: string): DecodedJwt | MalformedJwt {
  const parts = token.split('.');
  const [header, claims, signature] = parts;
  if (parts.length !== 3 || header === undefined || claims === undefined) {
    return { kind: 'malformed', part: 'token', reason: `${parts.length} parts instead of 3` };
  }
  const readHeader = decodeObject(header);
  if (typeof readHeader === 'string') {
    return { kind: 'malformed', part: 'header', reason: readHeader };
  }
  if (typeof readHeader['alg'] !== 'string') {
    return { kind: 'malformed', part: 'header', reason: 'no alg' };
  }
  const readClaims = decodeObject(claims);
  if (typeof readClaims === 'string') {
    return { kind: 'malformed', part: 'claims', reason: readClaims };
  }
  if (signature === undefined || !BASE64URL.test(signature)) {
    return { kind: 'malformed', part: 'signature', reason: 'not base64url' };
  }
  return {
    kind: 'decoded',
    header: readHeader as JwtHeader,
    claims: readClaims,
    signingInput: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}
