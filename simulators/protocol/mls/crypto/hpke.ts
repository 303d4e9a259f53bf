import {
  AES_128_GCM_KEY_BYTES,
  AES_128_GCM_NONCE_BYTES,
  openAes128Gcm,
  sealAes128Gcm,
} from './aes-gcm.ts';
import { concatBytes, EMPTY, utf8 } from './bytes.ts';
import type { DhCurve, RandomBytes } from './curve.ts';
import { SHA256_BYTES } from './sha256.ts';
import type { Sha256 } from './sha256.ts';

/**
 * HPKE (RFC 9180) in base mode with one message per context, as MLS uses it: a DHKEM over
 * HKDF-SHA256, HKDF-SHA256 (kdf_id 0x0001) and AES-128-GCM (aead_id 0x0001). Synchronous.
 */
export interface HpkeSuite {
  deriveKeyPair(ikm: Uint8Array): HpkeKeyPair;
  /** DeriveKeyPair over Nsk octets of the injected randomness. */
  generateKeyPair(): HpkeKeyPair;
  seal(to: Uint8Array, info: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): HpkeSealed;
  /** Throws when the encapsulated key is no point or the tag does not match. */
  open(
    secretKey: Uint8Array,
    enc: Uint8Array,
    info: Uint8Array,
    aad: Uint8Array,
    ciphertext: Uint8Array,
  ): Uint8Array;
  /** SetupBaseS and Context.Export (RFC 9180 §5.3). */
  sendExport(to: Uint8Array, info: Uint8Array, context: Uint8Array, length: number): HpkeExported;
  receiveExport(
    secretKey: Uint8Array,
    enc: Uint8Array,
    info: Uint8Array,
    context: Uint8Array,
    length: number,
  ): Uint8Array;
}

export interface HpkeKeyPair {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export interface HpkeSealed {
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface HpkeExported {
  readonly enc: Uint8Array;
  readonly secret: Uint8Array;
}

interface KeySchedule {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly exporterSecret: Uint8Array;
}

const VERSION = utf8('HPKE-v1');
const KDF_ID = 1;
const AEAD_ID = 1;
const MODE_BASE = 0;

function octets16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

export function createHpke(dh: DhCurve, sha256: Sha256, random: RandomBytes): HpkeSuite {
  const kemSuite = concatBytes(utf8('KEM'), octets16(dh.kemId));
  const hpkeSuite = concatBytes(
    utf8('HPKE'),
    octets16(dh.kemId),
    octets16(KDF_ID),
    octets16(AEAD_ID),
  );

  /** LabeledExtract and LabeledExpand (RFC 9180 §4). */
  const extract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array) =>
    sha256.extract(salt, concatBytes(VERSION, suite, utf8(label), ikm));
  const expand = (
    suite: Uint8Array,
    prk: Uint8Array,
    label: string,
    info: Uint8Array,
    length: number,
  ) => {
    const labeled = concatBytes(octets16(length), VERSION, suite, utf8(label), info);
    return sha256.expand(prk, labeled, length);
  };

  const pskIdHash = extract(hpkeSuite, EMPTY, 'psk_id_hash', EMPTY);

  const deriveKeyPair = (ikm: Uint8Array): HpkeKeyPair => {
    const prk = extract(kemSuite, EMPTY, 'dkp_prk', ikm);
    if (dh.candidates === 1) {
      const secretKey = expand(kemSuite, prk, 'sk', EMPTY, dh.secretBytes);
      return { secretKey, publicKey: dh.publicOf(secretKey) };
    }
    for (let counter = 0; counter < dh.candidates; counter++) {
      const candidate = expand(kemSuite, prk, 'candidate', Uint8Array.of(counter), dh.secretBytes);
      if (dh.acceptSecret(candidate)) {
        return { secretKey: candidate, publicKey: dh.publicOf(candidate) };
      }
    }
    throw new RangeError('DeriveKeyPairError: no candidate was a valid scalar');
  };
  const generateKeyPair = (): HpkeKeyPair => deriveKeyPair(random(dh.secretBytes));

  /** ExtractAndExpand of DHKEM (RFC 9180 §4.1). */
  const sharedSecret = (shared: Uint8Array, enc: Uint8Array, recipient: Uint8Array) => {
    const prk = extract(kemSuite, EMPTY, 'eae_prk', shared);
    return expand(kemSuite, prk, 'shared_secret', concatBytes(enc, recipient), SHA256_BYTES);
  };

  /** KeySchedule for mode_base (RFC 9180 §5.1). */
  const schedule = (shared: Uint8Array, info: Uint8Array): KeySchedule => {
    const infoHash = extract(hpkeSuite, EMPTY, 'info_hash', info);
    const context = concatBytes(Uint8Array.of(MODE_BASE), pskIdHash, infoHash);
    const secret = extract(hpkeSuite, shared, 'secret', EMPTY);
    return {
      key: expand(hpkeSuite, secret, 'key', context, AES_128_GCM_KEY_BYTES),
      nonce: expand(hpkeSuite, secret, 'base_nonce', context, AES_128_GCM_NONCE_BYTES),
      exporterSecret: expand(hpkeSuite, secret, 'exp', context, SHA256_BYTES),
    };
  };

  const setupSender = (to: Uint8Array, info: Uint8Array) => {
    const ephemeral = generateKeyPair();
    const enc = ephemeral.publicKey;
    const shared = sharedSecret(dh.agree(ephemeral.secretKey, to), enc, to);
    return { enc, keys: schedule(shared, info) };
  };
  const setupReceiver = (secretKey: Uint8Array, enc: Uint8Array, info: Uint8Array) => {
    const shared = dh.agree(secretKey, enc);
    return schedule(sharedSecret(shared, enc, dh.publicOf(secretKey)), info);
  };

  return {
    deriveKeyPair,
    generateKeyPair,
    seal(to, info, aad, plaintext) {
      const { enc, keys } = setupSender(to, info);
      return { enc, ciphertext: sealAes128Gcm(keys.key, keys.nonce, aad, plaintext) };
    },
    open(secretKey, enc, info, aad, ciphertext) {
      const keys = setupReceiver(secretKey, enc, info);
      return openAes128Gcm(keys.key, keys.nonce, aad, ciphertext);
    },
    sendExport(to, info, context, length) {
      const { enc, keys } = setupSender(to, info);
      return { enc, secret: expand(hpkeSuite, keys.exporterSecret, 'sec', context, length) };
    },
    receiveExport(secretKey, enc, info, context, length) {
      const keys = setupReceiver(secretKey, enc, info);
      return expand(hpkeSuite, keys.exporterSecret, 'sec', context, length);
    },
  };
}
