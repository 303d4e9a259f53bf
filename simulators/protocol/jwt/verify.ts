import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { DecodedJwt, JwtAlgorithm, MalformedJwt } from './decode.ts';
import { decodeJwt } from './decode.ts';

export type JwtVerification =
  | DecodedJwt
  | MalformedJwt
  /** Another algorithm than the one the verifier is for; never taken from the token itself. */
  | { readonly kind: 'wrong-algorithm'; readonly alg: string }
  | { readonly kind: 'bad-signature'; readonly decoded: DecodedJwt };

/** Checks form, algorithm and signature; times and audience are the caller's. */
export type JwtVerifier = (token: string) => JwtVerification;

function verifier(
  algorithm: JwtAlgorithm,
  holds: (input: Buffer, signature: Uint8Array) => boolean,
): JwtVerifier {
  return (token) => {
    const decoded = decodeJwt(token);
    if (decoded.kind !== 'decoded') return decoded;
    if (decoded.header.alg !== algorithm) {
      return { kind: 'wrong-algorithm', alg: decoded.header.alg };
    }
    return holds(Buffer.from(decoded.signingInput), decoded.signature)
      ? decoded
      : { kind: 'bad-signature', decoded };
  };
}

/** `key`: PEM of a public or private P-256 key, or a KeyObject. */
export function createEs256Verifier(key: string | KeyObject): JwtVerifier {
  const publicKey = typeof key === 'string' ? createPublicKey(key) : key;
  return verifier('ES256', (input, signature) =>
    verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
  );
}

/** `key`: PEM of a public or private RSA key, or a KeyObject. */
export function createRs256Verifier(key: string | KeyObject): JwtVerifier {
  const publicKey = typeof key === 'string' ? createPublicKey(key) : key;
  return verifier('RS256', (input, signature) => verify('sha256', input, publicKey, signature));
}

export function createHs256Verifier(secret: string | Uint8Array): JwtVerifier {
  return verifier('HS256', (input, signature) => {
    const expected = createHmac('sha256', secret).update(input).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  });
}
