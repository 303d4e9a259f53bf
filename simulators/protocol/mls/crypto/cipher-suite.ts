import type { CiphersuiteImpl, CiphersuiteName, CryptoProvider, Hpke } from 'ts-mls';
import { createAead } from './aead.ts';
import type { Aead, AeadName } from './aead.ts';
import { EMPTY, leftPad, sameBytes } from './bytes.ts';
import type { DhCurve, RandomBytes, SignatureCurve, SigningMode } from './curve.ts';
import {
  createEd25519Signature,
  createEd448Signature,
  createX25519Dh,
  createX448Dh,
} from './curve25519.ts';
import { createHashing } from './hashing.ts';
import type { Hashing, HashName } from './hashing.ts';
import { createHpke } from './hpke.ts';
import type { HpkeSuite } from './hpke.ts';
import { createNistDh, createNistSignature } from './nist-curves.ts';
import type { NistCurve } from './nist-curves.ts';

export interface CryptoOptions {
  /** Where every key, nonce and ephemeral comes from. */
  readonly random: RandomBytes;
  /** Default `deterministic`. */
  readonly signing?: SigningMode;
}

interface SuiteParts {
  readonly name: CiphersuiteName;
  readonly hash: HashName;
  readonly aead: AeadName;
  dh(): DhCurve;
  signature(options: CryptoOptions, hashing: Hashing): SignatureCurve;
}

const nist = (curve: NistCurve) => ({
  dh: () => createNistDh(curve),
  signature: ({ random, signing = 'deterministic' }: CryptoOptions, hashing: Hashing) =>
    createNistSignature(curve, random, hashing, signing),
});
const on25519 = {
  dh: createX25519Dh,
  signature: ({ random }: CryptoOptions) => createEd25519Signature(random),
};
const on448 = {
  dh: createX448Dh,
  signature: ({ random }: CryptoOptions) => createEd448Signature(random),
};

/** RFC 9420 §17.1. Every MLS stack must speak the first; RCS uses number 2 only. */
const SUITES = {
  1: {
    name: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
    hash: 'sha256',
    aead: 'aes-128-gcm',
    ...on25519,
  },
  2: {
    name: 'MLS_128_DHKEMP256_AES128GCM_SHA256_P256',
    hash: 'sha256',
    aead: 'aes-128-gcm',
    ...nist('P-256'),
  },
  3: {
    name: 'MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519',
    hash: 'sha256',
    aead: 'chacha20-poly1305',
    ...on25519,
  },
  4: {
    name: 'MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448',
    hash: 'sha512',
    aead: 'aes-256-gcm',
    ...on448,
  },
  5: {
    name: 'MLS_256_DHKEMP521_AES256GCM_SHA512_P521',
    hash: 'sha512',
    aead: 'aes-256-gcm',
    ...nist('P-521'),
  },
  6: {
    name: 'MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448',
    hash: 'sha512',
    aead: 'chacha20-poly1305',
    ...on448,
  },
  7: {
    name: 'MLS_256_DHKEMP384_AES256GCM_SHA384_P384',
    hash: 'sha384',
    aead: 'aes-256-gcm',
    ...nist('P-384'),
  },
} as const satisfies Record<number, SuiteParts>;

/** MLS cipher suite numbers (RFC 9420 §17.1) that the engine speaks. */
export type SuiteNumber = keyof typeof SUITES;

/** All of them, in order. */
export const SUITE_NUMBERS = Object.keys(SUITES).map(Number) as readonly SuiteNumber[];

export function suiteName(suite: SuiteNumber): CiphersuiteName {
  return SUITES[suite].name;
}

/**
 * ts-mls treats HPKE keys as opaque and only carries them between its own calls; the raw octets
 * travel under its nominal CryptoKey types.
 */
interface OpaqueKey {
  readonly bytes: Uint8Array;
}
type TsPublicKey = Awaited<ReturnType<Hpke['importPublicKey']>>;
type TsPrivateKey = Awaited<ReturnType<Hpke['importPrivateKey']>>;
const asPublic = (bytes: Uint8Array): TsPublicKey => ({ bytes }) as unknown as TsPublicKey;
const asPrivate = (bytes: Uint8Array): TsPrivateKey => ({ bytes }) as unknown as TsPrivateKey;
const bytesOf = (key: unknown): Uint8Array => (key as OpaqueKey).bytes;

function tsHpke(hpke: HpkeSuite, dh: DhCurve, aead: Aead): Hpke {
  const pair = (keys: { secretKey: Uint8Array; publicKey: Uint8Array }) => ({
    privateKey: asPrivate(keys.secretKey),
    publicKey: asPublic(keys.publicKey),
  });
  return {
    keyLength: aead.keyBytes,
    nonceLength: aead.nonceBytes,
    async open(privateKey, kemOutput, ciphertext, info, aad) {
      return hpke.open(bytesOf(privateKey), kemOutput, info, aad ?? EMPTY, ciphertext);
    },
    async seal(publicKey, plaintext, info, aad) {
      const sealed = hpke.seal(bytesOf(publicKey), info, aad ?? EMPTY, plaintext);
      return { ct: sealed.ciphertext, enc: sealed.enc };
    },
    async exportSecret(publicKey, exporterContext, length, info) {
      return hpke.sendExport(bytesOf(publicKey), info, exporterContext, length);
    },
    async importSecret(privateKey, exporterContext, kemOutput, length, info) {
      return hpke.receiveExport(bytesOf(privateKey), kemOutput, info, exporterContext, length);
    },
    async importPrivateKey(bytes) {
      return asPrivate(leftPad(bytes, dh.secretBytes));
    },
    async importPublicKey(bytes) {
      dh.checkPublic(bytes);
      return asPublic(bytes);
    },
    async exportPublicKey(key) {
      return bytesOf(key);
    },
    async exportPrivateKey(key) {
      return bytesOf(key);
    },
    async encryptAead(key, nonce, aad, plaintext) {
      return aead.seal(key, nonce, aad, plaintext);
    },
    async decryptAead(key, nonce, aad, ciphertext) {
      return aead.open(key, nonce, aad, ciphertext);
    },
    async deriveKeyPair(ikm) {
      return pair(hpke.deriveKeyPair(ikm));
    },
    async generateKeyPair() {
      return pair(hpke.generateKeyPair());
    },
  };
}

/**
 * The crypto of one suite for ts-mls. Every primitive runs synchronously in the call and hands
 * back a resolved promise, so no thread pool decides an order and the same random bytes give the
 * same messages. Nothing here reads a clock or any randomness but `options.random`.
 */
export function createCipherSuite(suite: SuiteNumber, options: CryptoOptions): CiphersuiteImpl {
  const parts: SuiteParts = SUITES[suite];
  const hashing = createHashing(parts.hash);
  const aead = createAead(parts.aead);
  const dh = parts.dh();
  const signature = parts.signature(options, hashing);
  return {
    name: parts.name,
    rng: { randomBytes: options.random },
    hash: {
      digest: async (data) => hashing.digest(data),
      mac: async (key, data) => hashing.mac(key, data),
      verifyMac: async (key, mac, data) => sameBytes(hashing.mac(key, data), mac),
    },
    kdf: {
      size: hashing.bytes,
      extract: async (salt, ikm) => hashing.extract(salt, ikm),
      expand: async (prk, info, length) => hashing.expand(prk, info, length),
    },
    signature: {
      sign: async (signKey, message) => signature.sign(signKey, message),
      verify: async (publicKey, message, sig) => signature.verify(publicKey, message, sig),
      async keygen() {
        const keys = signature.generate();
        return { publicKey: keys.publicKey, signKey: keys.secretKey };
      },
    },
    hpke: tsHpke(createHpke(dh, hashing, options.random, aead), dh, aead),
  };
}

/** The same as a ts-mls `CryptoProvider`, for code that drives ts-mls itself. */
export function createCryptoProvider(options: CryptoOptions): CryptoProvider {
  return {
    async getCiphersuiteImpl(wanted) {
      for (const suite of SUITE_NUMBERS) {
        if (SUITES[suite].name === wanted.name) return createCipherSuite(suite, options);
      }
      throw new RangeError(`cipher suite ${wanted.name} is not one of the engine's`);
    },
  };
}
