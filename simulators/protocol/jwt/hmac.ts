import { hash, timingSafeEqual } from 'node:crypto';

export type HmacHash = 'sha1' | 'sha256' | 'sha512';

/** Bytes of a block of the hash (RFC 2104 §2: B). */
const BLOCK_BYTES: Readonly<Record<HmacHash, number>> = { sha1: 64, sha256: 64, sha512: 128 };
const INNER = 0x36;
const OUTER = 0x5c;

/** Signs one after the other with the same key. */
export type HmacSigner = (data: string | Uint8Array) => string;

function padded(block: Buffer, key: Uint8Array, length: number, pad: number): void {
  block.fill(pad, 0, length);
  for (let index = 0; index < key.length; index++) block[index] = key[index]! ^ pad;
}

/**
 * HMAC (RFC 2104) in base64, as webhook signatures carry it. Key and data as they are. Made of two
 * hashes at one go: `createHmac` makes an object outside of the heap for each signature, and to
 * collect thousands of these costs many times the signature.
 */
export function createHmacSigner(algorithm: HmacHash, key: string | Uint8Array): HmacSigner {
  const length = BLOCK_BYTES[algorithm];
  const given = typeof key === 'string' ? Buffer.from(key) : key;
  const short = given.length <= length ? given : hash(algorithm, given, 'buffer');
  let inner = Buffer.alloc(length + 1_024);
  padded(inner, short, length, INNER);
  const outer = Buffer.alloc(length + hash(algorithm, '', 'buffer').length);
  padded(outer, short, length, OUTER);
  return (data) => {
    const octets = typeof data === 'string' ? Buffer.from(data) : data;
    if (length + octets.length > inner.length) {
      inner = Buffer.concat([inner.subarray(0, length), Buffer.alloc(2 * octets.length)]);
    }
    inner.set(octets, length);
    outer.write(
      hash(algorithm, inner.subarray(0, length + octets.length), 'binary'),
      length,
      'latin1',
    );
    return hash(algorithm, outer, 'base64');
  };
}

/** One signature. */
export function hmacBase64(
  algorithm: HmacHash,
  key: string | Uint8Array,
  data: string | Uint8Array,
): string {
  return createHmacSigner(algorithm, key)(data);
}

/** Compares two signatures without telling by time where they differ. */
export function sameSignature(expected: string, received: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(received)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Compares with one secret again and again. A client sends the same text each time, and what held
 * once is known again at once.
 */
export function createSecretCheck(expected: string): (received: string) => boolean {
  let held: string | undefined;
  return (received) => {
    if (received === held) return true;
    if (!sameSignature(expected, received)) return false;
    held = received;
    return true;
  };
}
