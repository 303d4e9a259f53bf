import { createAead } from './aead.ts';
import type { Aead } from './aead.ts';
import { concatBytes, EMPTY, utf8 } from './bytes.ts';
import type { DhCurve, RandomBytes } from './curve.ts';
import type { Hashing } from './hashing.ts';

/**
 * HPKE (RFC 9180) in base mode with one message per context, as MLS uses it: a DHKEM and a KDF over
 * one hash, as all suites of RFC 9420 have it, and an AEAD. Synchronous.
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
const MODE_BASE = 0;

function octets16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

export function createHpke(
  dh: DhCurve,
  hashing: Hashing,
  random: RandomBytes,
  aead: Aead = createAead('aes-128-gcm'),
): HpkeSuite {
  const kemSuite = concatBytes(utf8('KEM'), octets16(dh.kemId));
  const hpkeSuite = concatBytes(
    utf8('HPKE'),
    octets16(dh.kemId),
    octets16(hashing.kdfId),
    octets16(aead.id),
  );

  /** LabeledExtract and LabeledExpand (RFC 9180 §4). */
  const extract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array) =>
    hashing.extract(salt, concatBytes(VERSION, suite, utf8(label), ikm));
  const expand = (
    suite: Uint8Array,
    prk: Uint8Array,
    label: string,
    info: Uint8Array,
    length: number,
  ) => {
    const labeled = concatBytes(octets16(length), VERSION, suite, utf8(label), info);
    return hashing.expand(prk, labeled, length);
  };

  const pskIdHash = extract(hpkeSuite, EMPTY, 'psk_id_hash', EMPTY);

  const deriveKeyPair = (ikm: Uint8Array): HpkeKeyPair => {
    const prk = extract(kemSuite, EMPTY, 'dkp_prk', ikm);
    if (dh.candidates === 1) {
      const secretKey = expand(kemSuite, prk, 'sk', EMPTY, dh.secretBytes);
      return { secretKey, publicKey: dh.publicOf(secretKey) };
    }
    for (let counter = 0; counter < dh.candidates; counter++) {
      const label = Uint8Array.of(counter);
      const candidate = dh.candidate(expand(kemSuite, prk, 'candidate', label, dh.secretBytes));
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
    return expand(kemSuite, prk, 'shared_secret', concatBytes(enc, recipient), hashing.bytes);
  };

  /** KeySchedule for mode_base (RFC 9180 §5.1). */
  const schedule = (shared: Uint8Array, info: Uint8Array): KeySchedule => {
    const infoHash = extract(hpkeSuite, EMPTY, 'info_hash', info);
    const context = concatBytes(Uint8Array.of(MODE_BASE), pskIdHash, infoHash);
    const secret = extract(hpkeSuite, shared, 'secret', EMPTY);
    return {
      key: expand(hpkeSuite, secret, 'key', context, aead.keyBytes),
      nonce: expand(hpkeSuite, secret, 'base_nonce', context, aead.nonceBytes),
      exporterSecret: expand(hpkeSuite, secret, 'exp', context, hashing.bytes),
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
      return { enc, ciphertext: aead.seal(keys.key, keys.nonce, aad, plaintext) };
    },
    open(secretKey, enc, info, aad, ciphertext) {
      const keys = setupReceiver(secretKey, enc, info);
      return aead.open(keys.key, keys.nonce, aad, ciphertext);
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
