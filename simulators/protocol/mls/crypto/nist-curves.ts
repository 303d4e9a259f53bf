/** P-256, P-384 and P-521: DHKEM (RFC 9180 §7.1) and ECDSA (RFC 9420 §5.1.2) by node:crypto. */
import { createECDH, createPrivateKey, createPublicKey, ECDH, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createBoundedCache } from './bounded-cache.ts';
import { bigIntOf, bytesOfHex, concatBytes, leftPad } from './bytes.ts';
import type { DhCurve, RandomBytes, SignatureCurve, SigningMode } from './curve.ts';
import type { HashName, Hashing } from './hashing.ts';
import { P256_ORDER, signDeterministic } from './rfc6979.ts';

/** SubjectPublicKeyInfo up to the point: id-ecPublicKey and the curve (RFC 5480 §2.1.1). */
const CURVES = {
  'P-256': {
    openssl: 'prime256v1',
    bits: 256,
    kemId: 0x0010,
    hash: 'sha256',
    order: P256_ORDER,
    spki: bytesOfHex('3059301306072a8648ce3d020106082a8648ce3d030107034200'),
    spkiCompressed: bytesOfHex('3039301306072a8648ce3d020106082a8648ce3d030107032200'),
  },
  'P-384': {
    openssl: 'secp384r1',
    bits: 384,
    kemId: 0x0011,
    hash: 'sha384',
    order: BigInt(
      '0xffffffffffffffffffffffffffffffffffffffffffffffff' +
        'c7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    ),
    spki: bytesOfHex('3076301006072a8648ce3d020106052b81040022036200'),
    spkiCompressed: bytesOfHex('3046301006072a8648ce3d020106052b81040022033200'),
  },
  'P-521': {
    openssl: 'secp521r1',
    bits: 521,
    kemId: 0x0012,
    hash: 'sha512',
    order: BigInt(
      '0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' +
        'a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    ),
    spki: bytesOfHex('30819b301006072a8648ce3d020106052b8104002303818600'),
    spkiCompressed: bytesOfHex('3058301006072a8648ce3d020106052b81040023034400'),
  },
} as const satisfies Record<string, CurveFacts>;
export type NistCurve = keyof typeof CURVES;

interface CurveFacts {
  readonly openssl: string;
  /** Of the order, and of a coordinate. */
  readonly bits: number;
  readonly kemId: number;
  readonly hash: HashName;
  readonly order: bigint;
  readonly spki: Uint8Array;
  readonly spkiCompressed: Uint8Array;
}

const CACHED_KEYS = 4096;

interface Curve extends CurveFacts {
  readonly scalarBytes: number;
  readonly pointBytes: number;
  /** Candidates for scalars keep this much of their first octet (RFC 9180 §7.1.3). */
  readonly mask: number;
}

function curveOf(name: NistCurve): Curve {
  const facts: CurveFacts = CURVES[name];
  const scalarBytes = (facts.bits + 7) >> 3;
  const mask = 0xff >> (scalarBytes * 8 - facts.bits);
  return { ...facts, scalarBytes, pointBytes: 1 + 2 * scalarBytes, mask };
}

function isScalar({ order }: Curve, candidate: Uint8Array): boolean {
  const value = bigIntOf(candidate);
  return value > 0n && value < order;
}

function masked({ mask }: Curve, candidate: Uint8Array): Uint8Array {
  if (mask === 0xff) return candidate;
  const out = Uint8Array.from(candidate);
  out[0] = (out[0] ?? 0) & mask;
  return out;
}

/** A valid scalar from the injected randomness; rejected less than once in 2^32 times. */
function randomScalar(curve: Curve, random: RandomBytes): Uint8Array {
  for (;;) {
    const candidate = masked(curve, random(curve.scalarBytes));
    if (isScalar(curve, candidate)) return candidate;
  }
}

/** Points uncompressed (RFC 9180 §7.1). */
export function createNistDh(name: NistCurve): DhCurve {
  const curve = curveOf(name);
  const { kemId, scalarBytes, pointBytes, openssl } = curve;
  // One object for all calls: making one costs more than the scalar multiplication of a key.
  const ecdh = createECDH(openssl);
  return {
    kemId,
    secretBytes: scalarBytes,
    publicBytes: pointBytes,
    candidates: 256,
    candidate: (octets) => masked(curve, octets),
    acceptSecret: (candidate) => isScalar(curve, candidate),
    publicOf(secretKey) {
      ecdh.setPrivateKey(secretKey);
      return new Uint8Array(ecdh.getPublicKey());
    },
    checkPublic(publicKey) {
      if (publicKey.length !== pointBytes) {
        throw new RangeError(`${name} public key of ${publicKey.length} octets, not ${pointBytes}`);
      }
      ECDH.convertKey(publicKey, openssl);
    },
    agree(secretKey, publicKey) {
      ecdh.setPrivateKey(secretKey);
      return new Uint8Array(ecdh.computeSecret(publicKey));
    },
  };
}

/** ECDSA with the curve's hash, DER signatures (RFC 9420 §5.1.2). */
export function createNistSignature(
  name: NistCurve,
  random: RandomBytes,
  hashing: Hashing,
  mode: SigningMode,
): SignatureCurve {
  const curve = curveOf(name);
  const { scalarBytes, pointBytes, hash, spki, spkiCompressed } = curve;
  const ecdh = createECDH(curve.openssl);
  const verifyKeys = createBoundedCache<KeyObject>(CACHED_KEYS);
  const signKeys = createBoundedCache<KeyObject>(CACHED_KEYS);

  const publicOf = (secretKey: Uint8Array): Uint8Array => {
    ecdh.setPrivateKey(secretKey);
    return new Uint8Array(ecdh.getPublicKey());
  };

  const importPublic = (point: Uint8Array): KeyObject => {
    const prefix = point.length === pointBytes ? spki : spkiCompressed;
    const der = Buffer.from(concatBytes(prefix, point));
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  };

  const importSecret = (scalar: Uint8Array): KeyObject => {
    const point = Buffer.from(publicOf(scalar));
    return createPrivateKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: name,
        d: Buffer.from(scalar).toString('base64url'),
        x: point.subarray(1, 1 + scalarBytes).toString('base64url'),
        y: point.subarray(1 + scalarBytes).toString('base64url'),
      },
    });
  };

  return {
    generate() {
      const secretKey = randomScalar(curve, random);
      return { secretKey, publicKey: publicOf(secretKey) };
    },
    sign(secretKey, message) {
      if (mode === 'deterministic') {
        return signDeterministic(curve, secretKey, message, hashing, ecdh);
      }
      const scalar = leftPad(secretKey, scalarBytes);
      return new Uint8Array(
        sign(
          hash,
          message,
          signKeys.get(scalar, () => importSecret(scalar)),
        ),
      );
    },
    verify(publicKey, message, signature) {
      try {
        const key = verifyKeys.get(publicKey, () => importPublic(publicKey));
        return verify(hash, message, key, signature);
      } catch {
        // OpenSSL throws for octets that are no point: such a key verifies nothing.
        return false;
      }
    },
  };
}
