import { createECDH, createPrivateKey, createPublicKey, ECDH, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createBoundedCache } from './bounded-cache.ts';
import { bigIntOf, bytesOfHex, concatBytes, leftPad } from './bytes.ts';
import type { DhCurve, RandomBytes, SignatureCurve, SigningMode } from './curve.ts';
import { P256_ORDER, signP256Deterministic } from './rfc6979.ts';
import type { Sha256 } from './sha256.ts';

const SCALAR_BYTES = 32;
const POINT_BYTES = 65;
const CACHED_KEYS = 4096;
/** SubjectPublicKeyInfo up to the point: id-ecPublicKey, prime256v1 (RFC 5480 §2.1.1). */
const SPKI_UNCOMPRESSED = bytesOfHex('3059301306072a8648ce3d020106082a8648ce3d030107034200');
const SPKI_COMPRESSED = bytesOfHex('3039301306072a8648ce3d020106082a8648ce3d030107032200');

function isScalar(candidate: Uint8Array): boolean {
  const value = bigIntOf(candidate);
  return value > 0n && value < P256_ORDER;
}

/** A valid scalar from the injected randomness; the rejection rate is 2^-32. */
function randomScalar(random: RandomBytes): Uint8Array {
  for (;;) {
    const candidate = random(SCALAR_BYTES);
    if (isScalar(candidate)) return candidate;
  }
}

/** DHKEM(P-256, HKDF-SHA256): kem_id 0x0010, points uncompressed (RFC 9180 §7.1). */
export function createP256Dh(): DhCurve {
  // One object for all calls: making one costs more than the scalar multiplication of a key.
  const ecdh = createECDH('prime256v1');
  return {
    kemId: 0x0010,
    secretBytes: SCALAR_BYTES,
    publicBytes: POINT_BYTES,
    candidates: 256,
    acceptSecret: isScalar,
    publicOf(secretKey) {
      ecdh.setPrivateKey(secretKey);
      return new Uint8Array(ecdh.getPublicKey());
    },
    checkPublic(publicKey) {
      if (publicKey.length !== POINT_BYTES) {
        throw new RangeError(`P-256 public key of ${publicKey.length} octets, not ${POINT_BYTES}`);
      }
      ECDH.convertKey(publicKey, 'prime256v1');
    },
    agree(secretKey, publicKey) {
      ecdh.setPrivateKey(secretKey);
      return new Uint8Array(ecdh.computeSecret(publicKey));
    },
  };
}

/** ECDSA P-256 with SHA-256, DER signatures (RFC 9420 §5.1.2). */
export function createP256Signature(
  random: RandomBytes,
  sha256: Sha256,
  mode: SigningMode,
): SignatureCurve {
  const ecdh = createECDH('prime256v1');
  const verifyKeys = createBoundedCache<KeyObject>(CACHED_KEYS);
  const signKeys = createBoundedCache<KeyObject>(CACHED_KEYS);

  const publicOf = (secretKey: Uint8Array): Uint8Array => {
    ecdh.setPrivateKey(secretKey);
    return new Uint8Array(ecdh.getPublicKey());
  };

  const importPublic = (point: Uint8Array): KeyObject => {
    const prefix = point.length === POINT_BYTES ? SPKI_UNCOMPRESSED : SPKI_COMPRESSED;
    const der = Buffer.from(concatBytes(prefix, point));
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  };

  const importSecret = (scalar: Uint8Array): KeyObject => {
    const point = Buffer.from(publicOf(scalar));
    return createPrivateKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        d: Buffer.from(scalar).toString('base64url'),
        x: point.subarray(1, 1 + SCALAR_BYTES).toString('base64url'),
        y: point.subarray(1 + SCALAR_BYTES).toString('base64url'),
      },
    });
  };

  return {
    generate() {
      const secretKey = randomScalar(random);
      return { secretKey, publicKey: publicOf(secretKey) };
    },
    sign(secretKey, message) {
      if (mode === 'deterministic') {
        return signP256Deterministic(secretKey, message, sha256, ecdh);
      }
      const scalar = leftPad(secretKey, SCALAR_BYTES);
      return new Uint8Array(
        sign(
          'sha256',
          message,
          signKeys.get(scalar, () => importSecret(scalar)),
        ),
      );
    },
    verify(publicKey, message, signature) {
      try {
        const key = verifyKeys.get(publicKey, () => importPublic(publicKey));
        return verify('sha256', message, key, signature);
      } catch {
        // OpenSSL throws for octets that are no point: such a key verifies nothing.
        return false;
      }
    },
  };
}
