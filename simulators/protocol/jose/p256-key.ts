import { createPrivateKey, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createP256Dh } from '../mls/crypto/p256.ts';

/** A public key of NIST P-256 (RFC 7518 §6.2.1). */
export interface P256Jwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  /** base64url of 32 octets each. */
  readonly x: string;
  readonly y: string;
}

export interface P256KeyPair {
  readonly publicJwk: P256Jwk;
  readonly privateKey: KeyObject;
  /** The scalar, 32 octets: for signatures that have to come out the same again. */
  readonly secret: Uint8Array;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A key pair whose secret is the next valid scalar that `random` gives. */
export function createP256KeyPair(random: (length: number) => Uint8Array): P256KeyPair {
  const { secretBytes, acceptSecret, publicOf } = createP256Dh();
  let secret = random(secretBytes);
  while (!acceptSecret(secret)) secret = random(secretBytes);
  const point = publicOf(secret);
  const x = base64url(point.subarray(1, 33));
  const y = base64url(point.subarray(33, 65));
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y } as const;
  const key = { ...publicJwk, d: base64url(secret) };
  return { publicJwk, privateKey: createPrivateKey({ key, format: 'jwk' }), secret };
}

/** JWK Thumbprint with SHA-256 (RFC 7638 §3), base64url: a name that only this key has. */
export function thumbprintOf({ crv, kty, x, y }: P256Jwk): string {
  return hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url');
}

/** Reads what a peer calls a public key; undefined when it is none of P-256. */
export function readP256Jwk(value: unknown): P256Jwk | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kty, crv, x, y } = value as Readonly<Record<string, unknown>>;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') {
    return undefined;
  }
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ]);
  return isPoint(point) ? { kty, crv, x, y } : undefined;
}

/** Octets that are no point of the curve would give a part of the secret away (RFC 8725 §3.4). */
function isPoint(octets: Uint8Array): boolean {
  try {
    createP256Dh().checkPublic(octets);
    return true;
  } catch {
    // OpenSSL throws for what is no point: that is the answer.
    return false;
  }
}
