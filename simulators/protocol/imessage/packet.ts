/**
 * What one Apple device sends another: one message, encrypted for that device alone and signed. In
 * the shape that Apple describes (Platform Security, “How iMessage sends and receives messages
 * securely”): 88 random bits are the HMAC-SHA256 key over both public keys and the plaintext, of
 * which 40 bits follow them to make the AES-128-CTR key; that key is encrypted to the device
 * (ECIES on P-256; here HPKE, RFC 9180), and all of it signed by ECDSA. Apple's own bytes, its
 * SHA-1 and PQ3 are not public in full or not wanted here: this format is ours, version 1.
 */
import { createCipheriv, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '../mls/crypto/curve.ts';
import { createHpke } from '../mls/crypto/hpke.ts';
import { createP256Dh, createP256Signature } from '../mls/crypto/p256.ts';
import { createSha256, digest } from '../mls/crypto/sha256.ts';

export interface KeyPair {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** What a device makes when iMessage is switched on. */
export interface DeviceKeys {
  readonly encryption: KeyPair;
  readonly signature: KeyPair;
}

/** What the directory has of them. */
export interface PublicKeys {
  readonly encryption: Uint8Array;
  readonly signature: Uint8Array;
}

export type Opened =
  | { readonly kind: 'opened'; readonly plaintext: Uint8Array }
  | {
      readonly kind: 'refused';
      readonly reason: 'damaged' | 'wrong-signature' | 'not-for-this-key' | 'wrong-integrity';
      /** Of damaged octets: where, and what was missing. */
      readonly offset?: number;
      readonly detail: string;
    };

type Refusal = Extract<Opened, { kind: 'refused' }>;

/** The fields of a packet, as they stand on the wire. */
export interface Packet {
  /** `keyIdOf` the sender's signature key, and of the receiver's encryption key. */
  readonly from: string;
  readonly to: string;
  readonly encapsulated: Uint8Array;
  readonly wrappedKey: Uint8Array;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

export interface PacketCrypto {
  generate(): DeviceKeys;
  seal(plaintext: Uint8Array, from: DeviceKeys, to: PublicKeys): Uint8Array;
  /** Never throws: a peer's octets are opened or refused. `from`: of the device that it names. */
  open(packet: Packet, own: DeviceKeys, from: PublicKeys): Opened;
}

const MAGIC = Buffer.from([0x49, 0x4d, 0x01]);
const KEY_ID_BYTES = 8;
const RANDOM_BYTES = 11;
const CHECK_BYTES = 5;
const INFO = Buffer.from('bellwether imessage 1');
/** Apple's limit of a push with iMessage content is of this order; files go by reference. */
const MOST_BODY_BYTES = 262_144;

/** Names a public key: 8 octets of its digest, hex. */
export function keyIdOf(publicKey: Uint8Array): string {
  return Buffer.from(digest(publicKey).subarray(0, KEY_ID_BYTES)).toString('hex');
}

function counter(key: Uint8Array, octets: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  return Buffer.concat([cipher.update(octets), cipher.final()]);
}

function sized(octets: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(octets.length);
  return Buffer.concat([length, octets]);
}

/** What the signature is over: everything before it. */
function signedPart(packet: Omit<Packet, 'signature'>): Buffer {
  const { from, to, encapsulated, wrappedKey, body } = packet;
  const ids = [Buffer.from(from, 'hex'), Buffer.from(to, 'hex')];
  return Buffer.concat([MAGIC, ...ids, ...[encapsulated, wrappedKey, body].map(sized)]);
}

function refuse(reason: Refusal['reason'], detail: string, offset?: number): Refusal {
  return { kind: 'refused', reason, detail, ...(offset !== undefined && { offset }) };
}

/** Octets that came → fields, or where they are damaged. */
export function readPacket(octets: Uint8Array): Packet | Refusal {
  const bytes = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const ids = MAGIC.length + 2 * KEY_ID_BYTES;
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return refuse('damaged', 'a packet begins with 49 4D 01', 0);
  }
  if (bytes.length < ids) return refuse('damaged', 'the key ids are cut off', bytes.length);
  const fields: Buffer[] = [];
  let at = ids;
  for (const name of ['encapsulated key', 'wrapped key', 'body', 'signature']) {
    if (at + 4 > bytes.length) return refuse('damaged', `no length of the ${name}`, at);
    const length = bytes.readUInt32BE(at);
    if (length > MOST_BODY_BYTES || at + 4 + length > bytes.length) {
      return refuse('damaged', `the ${name} would have ${length} octets`, at);
    }
    fields.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (at < bytes.length) return refuse('damaged', `${bytes.length - at} octets at the end`, at);
  const [encapsulated, wrappedKey, body, signature] = fields as [Buffer, Buffer, Buffer, Buffer];
  return {
    from: bytes.toString('hex', MAGIC.length, MAGIC.length + KEY_ID_BYTES),
    to: bytes.toString('hex', MAGIC.length + KEY_ID_BYTES, ids),
    encapsulated,
    wrappedKey,
    body,
    signature,
  };
}

export function isRefusal(read: Packet | Refusal): read is Refusal {
  return 'kind' in read;
}

/** `random` is seeded in the simulator, so that the same run writes the same packets. */
export function createPacketCrypto(random: RandomBytes): PacketCrypto {
  const sha256 = createSha256();
  const hpke = createHpke(createP256Dh(), sha256, random);
  const signing = createP256Signature(random, sha256, 'deterministic');
  const empty = new Uint8Array();

  const checkOf = (key: Uint8Array, from: Uint8Array, to: Uint8Array, text: Uint8Array) =>
    sha256.mac(key, Buffer.concat([from, to, text])).subarray(0, CHECK_BYTES);

  return {
    generate: () => ({ encryption: hpke.generateKeyPair(), signature: signing.generate() }),
    seal: (plaintext, from, to) => {
      const own = random(RANDOM_BYTES);
      const check = checkOf(own, from.encryption.publicKey, to.encryption, plaintext);
      const key = Buffer.concat([own, check]);
      const { enc, ciphertext } = hpke.seal(to.encryption, INFO, empty, key);
      const unsigned = {
        from: keyIdOf(from.signature.publicKey),
        to: keyIdOf(to.encryption),
        encapsulated: enc,
        wrappedKey: ciphertext,
        body: counter(key, plaintext),
      };
      const octets = signedPart(unsigned);
      const signature = signing.sign(from.signature.secretKey, octets);
      return Buffer.concat([octets, sized(signature)]);
    },
    open: (packet, own, from) => {
      if (packet.from !== keyIdOf(from.signature)) {
        return refuse('wrong-signature', 'it names another key than the sender has');
      }
      if (!signing.verify(from.signature, signedPart(packet), packet.signature)) {
        return refuse('wrong-signature', 'the signature is not the sender’s');
      }
      if (packet.to !== keyIdOf(own.encryption.publicKey)) {
        return refuse('not-for-this-key', 'it is for another key');
      }
      let key: Uint8Array;
      try {
        const { secretKey } = own.encryption;
        key = hpke.open(secretKey, packet.encapsulated, INFO, empty, packet.wrappedKey);
      } catch {
        // OpenSSL throws for what is no point and for a wrong tag: the packet is at fault.
        return refuse('not-for-this-key', 'its key cannot be opened');
      }
      const plaintext = counter(key, packet.body);
      const random88 = key.subarray(0, RANDOM_BYTES);
      const check = checkOf(random88, from.encryption, own.encryption.publicKey, plaintext);
      if (!timingSafeEqual(check, key.subarray(RANDOM_BYTES))) {
        return refuse('wrong-integrity', 'the plaintext is not what was sent');
      }
      return { kind: 'opened', plaintext };
    },
  };
}
