import { createPrivateKey, createPublicKey, diffieHellman, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createBoundedCache } from './bounded-cache.ts';
import type { BoundedCache } from './bounded-cache.ts';
import { bytesOfHex, concatBytes } from './bytes.ts';
import type { DhCurve, RandomBytes, SignatureCurve } from './curve.ts';

const KEY_BYTES = 32;
const CACHED_KEYS = 4096;

/** PKCS #8 and SubjectPublicKeyInfo headers of RFC 8410 §4 and §7, by algorithm. */
const DER_HEADERS = {
  x25519: {
    pkcs8: bytesOfHex('302e020100300506032b656e04220420'),
    spki: bytesOfHex('302a300506032b656e032100'),
  },
  ed25519: {
    pkcs8: bytesOfHex('302e020100300506032b657004220420'),
    spki: bytesOfHex('302a300506032b6570032100'),
  },
} as const;

type Algorithm = keyof typeof DER_HEADERS;

/** Import is dear (about 40 µs), so keys are remembered by value. */
interface KeyImport {
  readonly secret: BoundedCache<KeyObject>;
  readonly public: BoundedCache<KeyObject>;
}

function importSecret(algorithm: Algorithm, keys: KeyImport, secretKey: Uint8Array): KeyObject {
  return keys.secret.get(secretKey, () => {
    // ts-mls's default provider keeps Ed25519 secrets as whole PKCS #8; take the seed at its end.
    const seed = secretKey.subarray(secretKey.length - KEY_BYTES);
    const der = Buffer.from(concatBytes(DER_HEADERS[algorithm].pkcs8, seed));
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  });
}

function importPublic(algorithm: Algorithm, keys: KeyImport, publicKey: Uint8Array): KeyObject {
  return keys.public.get(publicKey, () => {
    const der = Buffer.from(concatBytes(DER_HEADERS[algorithm].spki, publicKey));
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  });
}

function publicOf(algorithm: Algorithm, keys: KeyImport, secretKey: Uint8Array): Uint8Array {
  const key = createPublicKey(importSecret(algorithm, keys, secretKey));
  const der = key.export({ format: 'der', type: 'spki' });
  return Uint8Array.from(der.subarray(der.length - KEY_BYTES));
}

function createKeyImport(): KeyImport {
  return { secret: createBoundedCache(CACHED_KEYS), public: createBoundedCache(CACHED_KEYS) };
}

/** DHKEM(X25519, HKDF-SHA256): kem_id 0x0020. An all-zero shared secret is refused by OpenSSL. */
export function createX25519Dh(): DhCurve {
  const keys = createKeyImport();
  return {
    kemId: 0x0020,
    secretBytes: KEY_BYTES,
    publicBytes: KEY_BYTES,
    candidates: 1,
    acceptSecret: () => true,
    publicOf: (secretKey) => publicOf('x25519', keys, secretKey),
    checkPublic(publicKey) {
      if (publicKey.length !== KEY_BYTES) {
        throw new RangeError(`X25519 public key of ${publicKey.length} octets, not ${KEY_BYTES}`);
      }
    },
    agree(secretKey, publicKey) {
      const secret = diffieHellman({
        privateKey: importSecret('x25519', keys, secretKey),
        publicKey: importPublic('x25519', keys, publicKey),
      });
      return new Uint8Array(secret);
    },
  };
}

/** Ed25519 (RFC 8032): deterministic by nature. */
export function createEd25519Signature(random: RandomBytes): SignatureCurve {
  const keys = createKeyImport();
  return {
    generate() {
      const secretKey = random(KEY_BYTES);
      return { secretKey, publicKey: publicOf('ed25519', keys, secretKey) };
    },
    sign: (secretKey, message) =>
      new Uint8Array(sign(null, message, importSecret('ed25519', keys, secretKey))),
    verify(publicKey, message, signature) {
      try {
        return verify(null, message, importPublic('ed25519', keys, publicKey), signature);
      } catch {
        // OpenSSL throws for octets that are no key: such a key verifies nothing.
        return false;
      }
    },
  };
}
