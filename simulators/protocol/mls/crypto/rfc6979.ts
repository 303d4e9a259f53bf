import { createECDH } from 'node:crypto';
import type { ECDH } from 'node:crypto';
import { bigIntOf, bytesOfBigInt, concatBytes, leftPad } from './bytes.ts';
import { createHashing } from './hashing.ts';
import type { Hashing } from './hashing.ts';

/** What signing needs to know of a curve. */
export interface SigningCurve {
  readonly order: bigint;
  /** Of the order, as of every scalar. */
  readonly bits: number;
}

export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Extended Euclid; `value` is in [1, order). */
function inverse(value: bigint, order: bigint): bigint {
  let [a, b, x, y] = [value, order, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [b, a] = [a, b - quotient * a];
    [y, x] = [x, y - quotient * x];
  }
  return modulo(x, order);
}

function modulo(value: bigint, order: bigint): bigint {
  const rest = value % order;
  return rest >= 0n ? rest : rest + order;
}

/** DER INTEGER (X.690 §8.3): shortest form, a leading zero where the top bit is set. */
function derInteger(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const bytes = bytesOfBigInt(value, (hex.length + 1) >> 1);
  const pad = (bytes[0] ?? 0) & 0x80 ? 1 : 0;
  const out = new Uint8Array(2 + pad + bytes.length);
  out[0] = 0x02;
  out[1] = pad + bytes.length;
  out.set(bytes, 2 + pad);
  return out;
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3), the signature form of RFC 9420 §5.1.2. */
function derSignature(r: bigint, s: bigint): Uint8Array {
  const body = concatBytes(derInteger(r), derInteger(s));
  const head = body.length < 0x80 ? [0x30, body.length] : [0x30, 0x81, body.length];
  return concatBytes(Uint8Array.from(head), body);
}

/** A signature's two numbers, before anybody writes them. */
interface Ecdsa {
  readonly r: bigint;
  readonly s: bigint;
}

function ecdsa(
  { order, bits }: SigningCurve,
  secretKey: Uint8Array,
  message: Uint8Array,
  hashing: Hashing,
  ecdh: ECDH,
): Ecdsa {
  const scalarBytes = (bits + 7) >> 3;
  /** RFC 6979 §2.3.2: the leftmost bits. */
  const integerOf = (octets: Uint8Array): bigint => {
    const surplus = octets.length * 8 - bits;
    const value = bigIntOf(octets);
    return surplus > 0 ? value >> BigInt(surplus) : value;
  };
  const x = leftPad(secretKey, scalarBytes);
  const z = modulo(integerOf(hashing.digest(message)), order);
  const seed = concatBytes(x, bytesOfBigInt(z, scalarBytes));
  let v: Uint8Array = new Uint8Array(hashing.bytes).fill(1);
  let k: Uint8Array = new Uint8Array(hashing.bytes);
  k = hashing.mac(k, concatBytes(v, Uint8Array.of(0), seed));
  v = hashing.mac(k, v);
  k = hashing.mac(k, concatBytes(v, Uint8Array.of(1), seed));
  v = hashing.mac(k, v);
  const d = bigIntOf(x);
  const candidate = (): Uint8Array => {
    let octets = new Uint8Array(0);
    while (octets.length < scalarBytes) {
      v = hashing.mac(k, v);
      octets = octets.length === 0 ? new Uint8Array(v) : new Uint8Array(concatBytes(octets, v));
    }
    return octets;
  };
  for (;;) {
    const nonce = integerOf(candidate());
    if (nonce > 0n && nonce < order) {
      ecdh.setPrivateKey(bytesOfBigInt(nonce, scalarBytes));
      const r = modulo(bigIntOf(ecdh.getPublicKey().subarray(1, 1 + scalarBytes)), order);
      const s = modulo(inverse(nonce, order) * modulo(z + modulo(r * d, order), order), order);
      if (r !== 0n && s !== 0n) return { r, s };
    }
    k = hashing.mac(k, concatBytes(v, Uint8Array.of(0)));
    v = hashing.mac(k, v);
  }
}

/**
 * ECDSA with the deterministic nonce of RFC 6979 §3.2, so that the same seed gives the same
 * signature, in DER. The scalar multiplication is OpenSSL's (through ECDH), the arithmetic modulo n
 * is BigInt and not constant-time: for simulated keys only. Four times faster than a JavaScript
 * curve and byte for byte equal to it (tests/protocol/mls/crypto.test.ts). `ecdh` is an object of
 * the curve that belongs to the caller; its key is overwritten.
 */
export function signDeterministic(
  curve: SigningCurve,
  secretKey: Uint8Array,
  message: Uint8Array,
  hashing: Hashing,
  ecdh: ECDH,
): Uint8Array {
  const { r, s } = ecdsa(curve, secretKey, message, hashing, ecdh);
  return derSignature(r, s);
}

const P256 = { order: P256_ORDER, bits: 256 };
const P256_BYTES = 32;

/** The same with P-256 and SHA-256, as plain r || s: ES256 (RFC 7518 §3.4). */
export function createEs256(secretKey: Uint8Array): (message: Uint8Array) => Uint8Array {
  const sha256 = createHashing('sha256');
  const ecdh = createECDH('prime256v1');
  return (message) => {
    const { r, s } = ecdsa(P256, secretKey, message, sha256, ecdh);
    return concatBytes(bytesOfBigInt(r, P256_BYTES), bytesOfBigInt(s, P256_BYTES));
  };
}
