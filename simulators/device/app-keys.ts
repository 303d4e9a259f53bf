/** The keys that the organisation's app made on a phone when it was set up. */
import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hash,
} from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import type { Random } from '../kernel/random.ts';
import type { JsonWebKeyP256 } from './registration.ts';

const SCALAR_BYTES = 32;
/** Content encryption A256GCM (RFC 7518 §5.3). */
const KEY_BITS = 256;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

function lengthPrefixed(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function bits(count: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(count);
  return out;
}

/** Concat KDF for direct key agreement (RFC 7518 §4.6.2); one round of SHA-256 is 256 bits. */
function deriveKey(shared: Uint8Array, header: Readonly<Record<string, unknown>>): Buffer {
  const part = (name: string): Buffer => {
    const value = header[name];
    return lengthPrefixed(Buffer.from(typeof value === 'string' ? value : '', 'base64url'));
  };
  const info = Buffer.concat([
    lengthPrefixed(Buffer.from('A256GCM')),
    part('apu'),
    part('apv'),
    bits(KEY_BITS),
  ]);
  return hash('sha256', Buffer.concat([bits(1), shared, info]), 'buffer');
}

export class AppKeys {
  /** Bearer token of the app towards the implementation. */
  readonly appToken: string;
  readonly publicJwk: JsonWebKeyP256;
  readonly #private: KeyObject;

  constructor(random: Random) {
    this.appToken = `app_${base64url(random.bytes(24))}`;
    let scalar = random.bytes(SCALAR_BYTES);
    while (!p256.utils.isValidSecretKey(scalar)) scalar = random.bytes(SCALAR_BYTES);
    const point = p256.getPublicKey(scalar, false);
    const x = base64url(point.subarray(1, 33));
    const y = base64url(point.subarray(33, 65));
    this.publicJwk = { kty: 'EC', crv: 'P-256', x, y };
    const key = { ...this.publicJwk, d: base64url(scalar) };
    this.#private = createPrivateKey({ key, format: 'jwk' });
  }

  /**
   * Opens a compact JWE (RFC 7516 §7.1) of ECDH-ES and A256GCM to this device's key. Undefined for
   * anything else: what an implementation sends is never an error of ours.
   */
  open(jwe: string): string | undefined {
    const parts = jwe.split('.');
    const [protectedHeader, encryptedKey, iv, ciphertext, tag] = parts;
    if (parts.length !== 5 || encryptedKey !== '' || protectedHeader === undefined) {
      return undefined;
    }
    try {
      const text = Buffer.from(protectedHeader, 'base64url').toString('utf8');
      const header = JSON.parse(text) as Readonly<Record<string, unknown>>;
      if (header['alg'] !== 'ECDH-ES' || header['enc'] !== 'A256GCM') return undefined;
      const epk = createPublicKey({ key: header['epk'] as JsonWebKey, format: 'jwk' });
      const shared = diffieHellman({ privateKey: this.#private, publicKey: epk });
      const nonce = Buffer.from(iv ?? '', 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', deriveKey(shared, header), nonce);
      decipher.setAAD(Buffer.from(protectedHeader, 'ascii'));
      decipher.setAuthTag(Buffer.from(tag ?? '', 'base64url'));
      const plain = [decipher.update(Buffer.from(ciphertext ?? '', 'base64url')), decipher.final()];
      return Buffer.concat(plain).toString('utf8');
    } catch {
      // Not a JWE to this device, or altered: the app can show nothing of it.
      return undefined;
    }
  }
}
