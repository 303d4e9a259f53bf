import type { ECDH } from 'node:crypto';
import { bigIntOf, bytesOfBigInt, concatBytes, leftPad } from './bytes.ts';
import { SHA256_BYTES } from './sha256.ts';
import type { Sha256 } from './sha256.ts';

/**
 * ECDSA on P-256 with SHA-256 and the deterministic nonce of RFC 6979 §3.2, so that the same seed
 * gives the same signature. The scalar multiplication is OpenSSL's (through ECDH), the arithmetic
 * modulo n is BigInt and not constant-time: for simulated keys only. Four times faster than a
 * JavaScript curve and byte for byte equal to it (tests/protocol/mls/crypto.test.ts).
 */
export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SCALAR_BYTES = 32;

function modulo(value: bigint): bigint {
  const rest = value % P256_ORDER;
  return rest >= 0n ? rest : rest + P256_ORDER;
}

/** Extended Euclid; `value` is in [1, n). */
function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value, P256_ORDER, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [b, a] = [a, b - quotient * a];
    [y, x] = [x, y - quotient * x];
  }
  return modulo(x);
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
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

/** Signs `message`; `ecdh` is a `prime256v1` object of the caller, whose key is overwritten. */
export function signP256Deterministic(
  secretKey: Uint8Array,
  message: Uint8Array,
  sha256: Sha256,
  ecdh: ECDH,
): Uint8Array {
  const x = leftPad(secretKey, SCALAR_BYTES);
  const z = modulo(bigIntOf(sha256.digest(message)));
  const seed = concatBytes(x, bytesOfBigInt(z, SCALAR_BYTES));
  let v: Uint8Array = new Uint8Array(SHA256_BYTES).fill(1);
  let k: Uint8Array = new Uint8Array(SHA256_BYTES);
  k = sha256.mac(k, concatBytes(v, Uint8Array.of(0), seed));
  v = sha256.mac(k, v);
  k = sha256.mac(k, concatBytes(v, Uint8Array.of(1), seed));
  v = sha256.mac(k, v);
  const d = bigIntOf(x);
  for (;;) {
    v = sha256.mac(k, v);
    const nonce = bigIntOf(v);
    if (nonce > 0n && nonce < P256_ORDER) {
      ecdh.setPrivateKey(v);
      const r = modulo(bigIntOf(ecdh.getPublicKey().subarray(1, 1 + SCALAR_BYTES)));
      const s = modulo(inverse(nonce) * modulo(z + modulo(r * d)));
      if (r !== 0n && s !== 0n) return derSignature(r, s);
    }
    k = sha256.mac(k, concatBytes(v, Uint8Array.of(0)));
    v = sha256.mac(k, v);
  }
}
