import { createCipheriv, createECDH, ECDH, hash } from 'node:crypto';
import type { ModulePorts } from 'bellwether/module';

/** Encrypts so that only the holder of the private key can read it, this notifier not included. */
export type SealFor = (text: string) => string;

const CURVE = 'prime256v1';
const SCALAR_BYTES = 32;
const NONCE_BYTES = 12;
const KEY_BITS = 256;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

function number(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

const lengthPrefixed = (octets: Buffer): Buffer => Buffer.concat([number(octets.length), octets]);

/** Concat KDF with nobody named on either side (RFC 7518 §4.6.2): one round of SHA-256. */
function contentKey(shared: Buffer): Buffer {
  const about = lengthPrefixed(Buffer.from('A256GCM'));
  const nobody = lengthPrefixed(Buffer.alloc(0));
  const input = [number(1), shared, about, nobody, nobody, number(KEY_BITS)];
  return hash('sha256', Buffer.concat(input), 'buffer');
}

/** A fresh key pair for each record; the few scalars beyond the curve's order are drawn again. */
function ephemeral(random: ModulePorts['random']): ReturnType<typeof createECDH> {
  const pair = createECDH(CURVE);
  for (;;) {
    try {
      pair.setPrivateKey(random(SCALAR_BYTES));
      return pair;
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_CRYPTO_INVALID_KEYTYPE') throw error;
    }
  }
}

function readPoint(text: string): Buffer {
  try {
    return Buffer.from(ECDH.convertKey(text, CURVE, 'base64url', 'hex').toString(), 'hex');
  } catch (error) {
    const wanted = 'ARCHIVE_PUBLIC_KEY must be a P-256 point in base64url';
    throw new Error(wanted, { cause: error });
  }
}

/**
 * Compact JWE (RFC 7516 §7.1), ECDH-ES with A256GCM, to a P-256 point (SEC 1 §2.3.3, compressed or
 * not) in base64url. Throws where that is none.
 */
export function sealFor(publicPoint: string, random: ModulePorts['random']): SealFor {
  const recipient = readPoint(publicPoint);
  return (text) => {
    const pair = ephemeral(random);
    const point = pair.getPublicKey();
    const x = base64url(point.subarray(1, 33));
    const y = base64url(point.subarray(33, 65));
    const epk = { kty: 'EC', crv: 'P-256', x, y };
    const header = base64url(Buffer.from(JSON.stringify({ alg: 'ECDH-ES', enc: 'A256GCM', epk })));
    const nonce = random(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', contentKey(pair.computeSecret(recipient)), nonce);
    cipher.setAAD(Buffer.from(header, 'ascii'));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const rest = [nonce, body, cipher.getAuthTag()].map(base64url);
    return [header, '', ...rest].join('.');
  };
}
