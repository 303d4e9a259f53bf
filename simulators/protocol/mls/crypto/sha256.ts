import { hash } from 'node:crypto';

/**
 * SHA-256, HMAC (RFC 2104) and HKDF (RFC 5869) over OpenSSL's one-shot `crypto.hash`. HMAC is two
 * one-shot digests: on the short inputs of MLS that is about five times faster than `createHmac`
 * with raw key bytes, and needs no warm-up as a JavaScript SHA-256 does (docs/decisions/ts-mls.md).
 */
export interface Sha256 {
  digest(data: Uint8Array): Uint8Array;
  mac(key: Uint8Array, data: Uint8Array): Uint8Array;
  extract(salt: Uint8Array, ikm: Uint8Array): Uint8Array;
  /** HKDF-Expand; `length` at most 255 × 32 octets. */
  expand(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array;
}

export const SHA256_BYTES = 32;
const BLOCK_BYTES = 64;
const SCRATCH_BYTES = 4096;

export function digest(data: Uint8Array): Uint8Array {
  const out = hash('sha256', data, 'buffer');
  return new Uint8Array(out.buffer, out.byteOffset, out.length);
}

/** One instance per engine: the scratch blocks belong to it and are never shared. */
export function createSha256(): Sha256 {
  const scratch = new Uint8Array(SCRATCH_BYTES);
  const outer = new Uint8Array(BLOCK_BYTES + SHA256_BYTES);

  const mac = (key: Uint8Array, data: Uint8Array): Uint8Array => {
    const shortKey = key.length > BLOCK_BYTES ? digest(key) : key;
    const length = BLOCK_BYTES + data.length;
    const fits = length <= SCRATCH_BYTES;
    const inner = fits ? scratch : new Uint8Array(length);
    for (let index = 0; index < BLOCK_BYTES; index++) {
      const octet = index < shortKey.length ? (shortKey[index] ?? 0) : 0;
      inner[index] = octet ^ 0x36;
      outer[index] = octet ^ 0x5c;
    }
    inner.set(data, BLOCK_BYTES);
    outer.set(digest(fits ? inner.subarray(0, length) : inner), BLOCK_BYTES);
    return digest(outer);
  };

  return {
    digest,
    mac,
    extract: (salt, ikm) => mac(salt, ikm),
    expand(prk, info, length) {
      if (length > 255 * SHA256_BYTES) throw new RangeError(`HKDF-Expand of ${length} octets`);
      const out = new Uint8Array(length);
      let previous = new Uint8Array(0);
      for (let offset = 0, counter = 1; offset < length; counter++) {
        const input = new Uint8Array(previous.length + info.length + 1);
        input.set(previous);
        input.set(info, previous.length);
        input[input.length - 1] = counter;
        previous = new Uint8Array(mac(prk, input));
        out.set(previous.subarray(0, Math.min(SHA256_BYTES, length - offset)), offset);
        offset += SHA256_BYTES;
      }
      return out;
    },
  };
}
