import { createPrivateKey, createPublicKey, diffieHellman, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createBoundedCache } from './bounded-cache.ts';
import type { BoundedCache } from './bounded-cache.ts';
import { bytesOfHex, concatBytes } from './bytes.ts';
import type { DhCurve, RandomBytes, SignatureCurve } from './curve.ts';

const CACHED_KEYS = 4096;

/**
 * PKCS #8 and SubjectPublicKeyInfo headers of RFC 8410 §4 and §7, and octets of a key (RFC 7748 §5,
 * RFC 8032 §5), by algorithm.
 */
const ALGORITHMS = {
  x25519: {
    bytes: 32,
    pkcs8: bytesOfHex('302e020100300506032b656e04220420'),
    spki: bytesOfHex('302a300506032b656e032100'),
  },
  ed25519: {
    bytes: 32,
    pkcs8: bytesOfHex('302e020100300506032b657004220420'),
    spki: bytesOfHex('302a300506032b6570032100'),
  },
  x448: {
    bytes: 56,
    pkcs8: bytesOfHex('3046020100300506032b656f043a0438'),
    spki: bytesOfHex('3042300506032b656f033900'),
  },
  ed448: {
    bytes: 57,
    pkcs8: bytesOfHex('3047020100300506032b6571043b0439'),
    spki: bytesOfHex('3043300506032b6571033a00'),
  },
} as const;

type Algorithm = keyof typeof ALGORITHMS;

/** Import is dear (about 40 µs), so keys are remembered by value. */
interface KeyImport {
  readonly secret: BoundedCache<KeyObject>;
  readonly public: BoundedCache<KeyObject>;
}

function importSecret(algorithm: Algorithm, keys: KeyImport, secretKey: Uint8Array): KeyObject {
  return keys.secret.get(secretKey, () => {
    // ts-mls's default provider keeps Ed25519 secrets as whole PKCS #8; take the seed at its end.
    const seed = secretKey.subarray(secretKey.length - ALGORITHMS[algorithm].bytes);
    const der = Buffer.from(concatBytes(ALGORITHMS[algorithm].pkcs8, seed));
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  });
}

function importPublic(algorithm: Algorithm, keys: KeyImport, publicKey: Uint8Array): KeyObject {
  return keys.public.get(publicKey, () => {
    const der = Buffer.from(concatBytes(ALGORITHMS[algorithm].spki, publicKey));
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  });
}

function publicOf(algorithm: Algorithm, keys: KeyImport, secretKey: Uint8Array): Uint8Array {
  const key = createPublicKey(importSecret(algorithm, keys, secretKey));
  const der = key.export({ format: 'der', type: 'spki' });
  return Uint8Array.from(der.subarray(der.length - ALGORITHMS[algorithm].bytes));
}

function createKeyImport(): KeyImport {
  return { secret: createBoundedCache(CACHED_KEYS), public: createBoundedCache(CACHED_KEYS) };
}

/**
 * DHKEM(X25519, HKDF-SHA256), kem_id 0x0020, and DHKEM(X448, HKDF-SHA512), 0x0021. An all-zero
 * shared secret is refused by OpenSSL.
 */
function createMontgomeryDh(algorithm: 'x25519' | 'x448', kemId: number): DhCurve {
  const keys = createKeyImport();
  const { bytes } = ALGORITHMS[algorithm];
  return {
    kemId,
    secretBytes: bytes,
    publicBytes: bytes,
    candidates: 1,
    candidate: (octets) => octets,
    acceptSecret: () => true,
    publicOf: (secretKey) => publicOf(algorithm, keys, secretKey),
    checkPublic(publicKey) {
      if (publicKey.length !== bytes) {
        throw new RangeError(`${algorithm} public key of ${publicKey.length} octets, not ${bytes}`);
      }
    },
    agree(secretKey, publicKey) {
      const secret = diffieHellman({
        privateKey: importSecret(algorithm, keys, secretKey),
        publicKey: importPublic(algorithm, keys, publicKey),
      });
      return new Uint8Array(secret);
    },
  };
}

export const createX25519Dh = (): DhCurve => createMontgomeryDh('x25519', 0x0020);
export const createX448Dh = (): DhCurve => createMontgomeryDh('x448', 0x0021);

/** Ed25519 and Ed448 (RFC 8032): deterministic by nature. */
function createEdwardsSignature(
  algorithm: 'ed25519' | 'ed448',
  random: RandomBytes,
): SignatureCurve {
  const keys = createKeyImport();
  return {
    generate() {
      const secretKey = random(ALGORITHMS[algorithm].bytes);
      return { secretKey, publicKey: publicOf(algorithm, keys, secretKey) };
    },
    sign: (secretKey, message) =>
      new Uint8Array(sign(null, message, importSecret(algorithm, keys, secretKey))),
    verify(publicKey, message, signature) {
      try {
        return verify(null, message, importPublic(algorithm, keys, publicKey), signature);
      } catch {
        // OpenSSL throws for octets that are no key: such a key verifies nothing.
        return false;
      }
    },
  };
}

export const createEd25519Signature = (random: RandomBytes): SignatureCurve =>
  createEdwardsSignature('ed25519', random);
export const createEd448Signature = (random: RandomBytes): SignatureCurve =>
  createEdwardsSignature('ed448', random);
