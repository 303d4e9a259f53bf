import { hash } from 'node:crypto';

/**
 * A hash, HMAC (RFC 2104) and HKDF (RFC 5869) over OpenSSL's one-shot `crypto.hash`. HMAC is two
 * one-shot digests: on the short inputs of MLS that is about five times faster than `createHmac`
 * with raw key bytes, and needs no warm-up as a JavaScript SHA-256 does (docs/decisions/ts-mls.md).
 */
export interface Hashing {
  /** Of a digest. */
  readonly bytes: number;
  /** HKDF's number in HPKE (RFC 9180 §7.2). */
  readonly kdfId: number;
  digest(data: Uint8Array): Uint8Array;
  mac(key: Uint8Array, data: Uint8Array): Uint8Array;
  extract(salt: Uint8Array, ikm: Uint8Array): Uint8Array;
  /** HKDF-Expand; `length` at most 255 digests. */
  expand(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array;
}

/** FIPS 180-4: octets of a digest and of a block; RFC 9180 §7.2. */
const HASHES = {
  sha256: { bytes: 32, blockBytes: 64, kdfId: 0x0001 },
  sha384: { bytes: 48, blockBytes: 128, kdfId: 0x0002 },
  sha512: { bytes: 64, blockBytes: 128, kdfId: 0x0003 },
} as const;
export type HashName = keyof typeof HASHES;

const SCRATCH_BYTES = 4096;

export function digestOf(name: HashName, data: Uint8Array): Uint8Array {
  const out = hash(name, data, 'buffer');
  return new Uint8Array(out.buffer, out.byteOffset, out.length);
}

/** One instance per engine: the scratch blocks belong to it and are never shared. */
export function createHashing(name: HashName): Hashing {
  const { bytes, blockBytes, kdfId } = HASHES[name];
  const scratch = new Uint8Array(SCRATCH_BYTES);
  const outer = new Uint8Array(blockBytes + bytes);
  const digest = (data: Uint8Array): Uint8Array => digestOf(name, data);

  const mac = (key: Uint8Array, data: Uint8Array): Uint8Array => {
    const shortKey = key.length > blockBytes ? digest(key) : key;
    const length = blockBytes + data.length;
    const fits = length <= SCRATCH_BYTES;
    const inner = fits ? scratch : new Uint8Array(length);
    for (let index = 0; index < blockBytes; index++) {
      const octet = index < shortKey.length ? (shortKey[index] ?? 0) : 0;
      inner[index] = octet ^ 0x36;
      outer[index] = octet ^ 0x5c;
    }
    inner.set(data, blockBytes);
    outer.set(digest(fits ? inner.subarray(0, length) : inner), blockBytes);
    return digest(outer);
  };

  return {
    bytes,
    kdfId,
    digest,
    mac,
    extract: (salt, ikm) => mac(salt, ikm),
    expand(prk, info, length) {
      if (length > 255 * bytes) throw new RangeError(`HKDF-Expand of ${length} octets`);
      const out = new Uint8Array(length);
      let previous = new Uint8Array(0);
      for (let offset = 0, counter = 1; offset < length; counter++) {
        const input = new Uint8Array(previous.length + info.length + 1);
        input.set(previous);
        input.set(info, previous.length);
        input[input.length - 1] = counter;
        previous = new Uint8Array(mac(prk, input));
        out.set(previous.subarray(0, Math.min(bytes, length - offset)), offset);
        offset += bytes;
      }
      return out;
    },
  };
}
