/**
 * JSON Web Encryption in the compact serialisation (RFC 7516 §7.1), with direct key agreement
 * ECDH-ES on P-256 (RFC 7518 §4.6) and content encryption A256GCM (§5.3). Nothing else is read.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  hash,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isBase64url } from './base64url.ts';
import { createP256KeyPair, readP256Jwk } from './p256-key.ts';
import type { P256Jwk } from './p256-key.ts';

export type JweHeader = Readonly<Record<string, unknown>>;

/** Why a peer's octets are no JWE that this key opens. */
export type JweRefusal =
  | 'not-compact'
  | 'header-unreadable'
  | 'unsupported-algorithm'
  | 'critical-header'
  | 'bad-ephemeral-key'
  | 'encrypted-key-not-empty'
  | 'bad-length'
  | 'tag-mismatch';

export interface JweRefused {
  readonly kind: 'refused';
  readonly reason: JweRefusal;
  readonly detail: string;
}

/** A JWE whose header was read, and nothing of it believed yet. */
export interface ReadJwe {
  readonly kind: 'read';
  readonly header: JweHeader;
  /** Absent when the header names none. */
  readonly kid?: string;
  /** With the private key that `kid` names. */
  open(privateKey: KeyObject): JweOpened | JweRefused;
}

export interface JweOpened {
  readonly kind: 'opened';
  readonly plaintext: Uint8Array;
}

export interface SealOptions {
  readonly random: (length: number) => Uint8Array;
  /** Names the recipient's key. */
  readonly kid?: string;
  /** Further header fields; they are authenticated, and readable for everybody. */
  readonly header?: JweHeader;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BITS = 256;

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

/** Concat KDF (RFC 7518 §4.6.2); one round of SHA-256 gives up to 256 bits. */
export function concatKdf(
  shared: Uint8Array,
  enc: string,
  header: JweHeader,
  keyBits = KEY_BITS,
): Buffer {
  const part = (name: string): Buffer => {
    const value = header[name];
    return lengthPrefixed(Buffer.from(typeof value === 'string' ? value : '', 'base64url'));
  };
  const algorithm = lengthPrefixed(Buffer.from(enc));
  const info = Buffer.concat([algorithm, part('apu'), part('apv'), bits(keyBits)]);
  return hash('sha256', Buffer.concat([bits(1), shared, info]), 'buffer');
}

const keyOf = (jwk: P256Jwk): KeyObject =>
  createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, format: 'jwk' });

/** Encrypts to the public key; a key pair and a nonce of its own for each call. */
export function sealJwe(
  plaintext: string | Uint8Array,
  to: P256Jwk,
  { random, kid, header = {} }: SealOptions,
): string {
  const own = createP256KeyPair(random);
  const whole = {
    ...header,
    alg: 'ECDH-ES',
    enc: 'A256GCM',
    ...(kid === undefined ? {} : { kid }),
    epk: own.publicJwk,
  };
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: keyOf(to) });
  const protectedPart = Buffer.from(JSON.stringify(whole)).toString('base64url');
  const nonce = random(NONCE_BYTES);
  const key = concatKdf(shared, 'A256GCM', whole);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(protectedPart, 'ascii'));
  const octets = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext;
  const body = Buffer.concat([cipher.update(octets), cipher.final()]);
  const parts = [Buffer.from(nonce), body, cipher.getAuthTag()];
  return [protectedPart, '', ...parts.map((part) => part.toString('base64url'))].join('.');
}

function refused(reason: JweRefusal, detail: string): JweRefused {
  return { kind: 'refused', reason, detail };
}

function headerOf(part: string): JweHeader | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JweHeader) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads what a peer sent; what it is not, is a value. */
export function readJwe(text: string): ReadJwe | JweRefused {
  const parts = text.split('.');
  const [protectedPart = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = parts;
  if (parts.length !== 5) return refused('not-compact', `${parts.length} parts instead of 5`);
  if (!parts.every(isBase64url)) {
    return refused('not-compact', 'a part is not base64url');
  }
  const header = headerOf(protectedPart);
  if (header === undefined) return refused('header-unreadable', 'not a JSON object');
  const { alg, enc, kid, epk, crit, zip } = header;
  if (alg !== 'ECDH-ES' || enc !== 'A256GCM' || zip !== undefined) {
    return refused('unsupported-algorithm', 'only ECDH-ES with A256GCM, not compressed, is read');
  }
  if (crit !== undefined) return refused('critical-header', 'no critical field is understood');
  if (encryptedKey !== '') {
    return refused('encrypted-key-not-empty', 'direct agreement has no encrypted key');
  }
  const peer = readP256Jwk(epk);
  if (peer === undefined) return refused('bad-ephemeral-key', 'epk is no public key of P-256');
  const nonce = Buffer.from(iv, 'base64url');
  const seal = Buffer.from(tag, 'base64url');
  if (nonce.length !== NONCE_BYTES || seal.length !== TAG_BYTES) {
    return refused('bad-length', `nonce ${nonce.length} and tag ${seal.length} octets, not 12, 16`);
  }
  return {
    kind: 'read',
    header,
    ...(typeof kid === 'string' ? { kid } : {}),
    open: (privateKey) => {
      const shared = diffieHellman({ privateKey, publicKey: keyOf(peer) });
      const decipher = createDecipheriv('aes-256-gcm', concatKdf(shared, enc, header), nonce);
      decipher.setAAD(Buffer.from(protectedPart, 'ascii'));
      decipher.setAuthTag(seal);
      const body = decipher.update(Buffer.from(ciphertext, 'base64url'));
      try {
        return { kind: 'opened', plaintext: Buffer.concat([body, decipher.final()]) };
      } catch {
        return refused('tag-mismatch', 'sealed to another key, or altered');
      }
    },
  };
}
