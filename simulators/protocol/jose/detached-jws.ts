/**
 * JSON Web Signatures with detached content (RFC 7515 Appendix F), ES256 only: the content is the
 * body as it is sent, the signature stands in a header field as `<header>..<signature>`.
 */
import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createEs256 } from '../mls/crypto/rfc6979.ts';
import { isBase64url } from './base64url.ts';
import type { P256Jwk } from './p256-key.ts';

export type JwsHeader = Readonly<Record<string, unknown>>;

/** Header fields beside `alg`; the content as it is sent. */
export type DetachedSigner = (content: string | Uint8Array, header: JwsHeader) => string;

/** With the deterministic nonce of RFC 6979: the same content and header sign the same. */
export function createDetachedSigner(secret: Uint8Array): DetachedSigner {
  const es256 = createEs256(secret);
  return (content, header) => {
    const protectedPart = encode(JSON.stringify({ alg: 'ES256', ...header }));
    const input = Buffer.from(`${protectedPart}.${encode(content)}`);
    return `${protectedPart}..${encode(es256(input))}`;
  };
}

function encode(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64url');
}

/** A signature that was read, and not checked. */
export interface ReadDetached {
  readonly header: JwsHeader;
  /** Did this key sign this content? The algorithm is ES256, whatever the header says. */
  holds(content: string | Uint8Array, key: P256Jwk | KeyObject): boolean;
}

const SIGNATURE_BYTES = 64;

/** Undefined for what is no detached ES256 signature, or asks for what is not understood. */
export function readDetachedJws(text: string): ReadDetached | undefined {
  const [protectedPart = '', content, signaturePart = '', ...more] = text.split('.');
  const shaped = content === '' && more.length === 0;
  if (!shaped || ![protectedPart, signaturePart].every(isBase64url)) return undefined;
  const header = readHeader(protectedPart);
  const signature = Buffer.from(signaturePart, 'base64url');
  if (header?.['alg'] !== 'ES256' || header['crit'] !== undefined) return undefined;
  if (signature.length !== SIGNATURE_BYTES) return undefined;
  return {
    header,
    holds: (signed, key) => {
      const publicKey = 'kty' in key ? keyOf(key) : key;
      const input = Buffer.from(`${protectedPart}.${encode(signed)}`);
      return verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
    },
  };
}

function keyOf({ kty, crv, x, y }: P256Jwk): KeyObject {
  return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
}

function readHeader(part: string): JwsHeader | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JwsHeader) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
