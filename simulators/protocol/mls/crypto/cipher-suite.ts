import type { CiphersuiteImpl, CiphersuiteName, CryptoProvider, Hpke } from 'ts-mls';
import {
  AES_128_GCM_KEY_BYTES,
  AES_128_GCM_NONCE_BYTES,
  openAes128Gcm,
  sealAes128Gcm,
} from './aes-gcm.ts';
import { EMPTY, leftPad, sameBytes } from './bytes.ts';
import type { DhCurve, RandomBytes, SignatureCurve, SigningMode } from './curve.ts';
import { createEd25519Signature, createX25519Dh } from './curve25519.ts';
import { createHpke } from './hpke.ts';
import type { HpkeSuite } from './hpke.ts';
import { createP256Dh, createP256Signature } from './p256.ts';
import { createSha256, SHA256_BYTES } from './sha256.ts';
import type { Sha256 } from './sha256.ts';

export interface CryptoOptions {
  /** Where every key, nonce and ephemeral comes from. */
  readonly random: RandomBytes;
  /** Default `deterministic`. */
  readonly signing?: SigningMode;
}

interface SuiteParts {
  readonly name: CiphersuiteName;
  dh(): DhCurve;
  signature(options: CryptoOptions, sha256: Sha256): SignatureCurve;
}

/** RFC 9420 §17.1: the two suites every MLS stack here must speak; RCS uses number 2 only. */
const SUITES = {
  1: {
    name: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
    dh: createX25519Dh,
    signature: (options) => createEd25519Signature(options.random),
  },
  2: {
    name: 'MLS_128_DHKEMP256_AES128GCM_SHA256_P256',
    dh: createP256Dh,
    signature: (options, sha256) =>
      createP256Signature(options.random, sha256, options.signing ?? 'deterministic'),
  },
} as const satisfies Record<number, SuiteParts>;

/** MLS cipher suite numbers (RFC 9420 §17.1) that the engine speaks. */
export type SuiteNumber = keyof typeof SUITES;

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

function tsHpke(hpke: HpkeSuite, dh: DhCurve): Hpke {
  const pair = (keys: { secretKey: Uint8Array; publicKey: Uint8Array }) => ({
    privateKey: asPrivate(keys.secretKey),
    publicKey: asPublic(keys.publicKey),
  });
  return {
    keyLength: AES_128_GCM_KEY_BYTES,
    nonceLength: AES_128_GCM_NONCE_BYTES,
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
      return sealAes128Gcm(key, nonce, aad, plaintext);
    },
    async decryptAead(key, nonce, aad, ciphertext) {
      return openAes128Gcm(key, nonce, aad, ciphertext);
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
  const sha256 = createSha256();
  const dh = parts.dh();
  const signature = parts.signature(options, sha256);
  return {
    name: parts.name,
    rng: { randomBytes: options.random },
    hash: {
      digest: async (data) => sha256.digest(data),
      mac: async (key, data) => sha256.mac(key, data),
      verifyMac: async (key, mac, data) => sameBytes(sha256.mac(key, data), mac),
    },
    kdf: {
      size: SHA256_BYTES,
      extract: async (salt, ikm) => sha256.extract(salt, ikm),
      expand: async (prk, info, length) => sha256.expand(prk, info, length),
    },
    signature: {
      sign: async (signKey, message) => signature.sign(signKey, message),
      verify: async (publicKey, message, sig) => signature.verify(publicKey, message, sig),
      async keygen() {
        const keys = signature.generate();
        return { publicKey: keys.publicKey, signKey: keys.secretKey };
      },
    },
    hpke: tsHpke(createHpke(dh, sha256, options.random), dh),
  };
}

/** The same as a ts-mls `CryptoProvider`, for code that drives ts-mls itself. */
export function createCryptoProvider(options: CryptoOptions): CryptoProvider {
  return {
    async getCiphersuiteImpl(wanted) {
      for (const suite of [1, 2] as const) {
        if (SUITES[suite].name === wanted.name) return createCipherSuite(suite, options);
      }
      throw new RangeError(`cipher suite ${wanted.name} is not one of the engine's`);
    },
  };
}
