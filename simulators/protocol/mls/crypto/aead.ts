import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';

/** An AEAD (RFC 5116 §5, RFC 8439 §2.8), synchronous; its 16-octet tag is at the end. */
export interface Aead {
  /** RFC 9180 §7.3. */
  readonly id: number;
  readonly keyBytes: number;
  readonly nonceBytes: number;
  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array | undefined,
    plaintext: Uint8Array,
  ): Uint8Array;
  /** Throws when the tag does not match or the input is shorter than a tag. */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array | undefined,
    ciphertext: Uint8Array,
  ): Uint8Array;
}

const AEADS = {
  'aes-128-gcm': { id: 0x0001, keyBytes: 16 },
  'aes-256-gcm': { id: 0x0002, keyBytes: 32 },
  'chacha20-poly1305': { id: 0x0003, keyBytes: 32 },
} as const;
export type AeadName = keyof typeof AEADS;

const NONCE_BYTES = 12;
const TAG = { authTagLength: 16 } as const;
const TAG_BYTES = TAG.authTagLength;

// `createCipheriv` with raw key octets costs three times as much as with a KeyObject made for it.

export function createAead(name: AeadName): Aead {
  // ChaCha20-Poly1305 is one of the same interface; only its name is not in Node's types for it.
  const cipherName = name as 'aes-128-gcm';
  return {
    ...AEADS[name],
    nonceBytes: NONCE_BYTES,
    seal(key, nonce, aad, plaintext) {
      const cipher = createCipheriv(cipherName, createSecretKey(key), nonce, TAG);
      if (aad !== undefined && aad.length > 0) cipher.setAAD(aad);
      const body = cipher.update(plaintext);
      cipher.final();
      const out = new Uint8Array(body.length + TAG_BYTES);
      out.set(body);
      out.set(cipher.getAuthTag(), body.length);
      return out;
    },
    open(key, nonce, aad, ciphertext) {
      const bodyLength = ciphertext.length - TAG_BYTES;
      if (bodyLength < 0) throw new RangeError('ciphertext shorter than its tag');
      const decipher = createDecipheriv(cipherName, createSecretKey(key), nonce, TAG);
      if (aad !== undefined && aad.length > 0) decipher.setAAD(aad);
      decipher.setAuthTag(ciphertext.subarray(bodyLength));
      const body = decipher.update(ciphertext.subarray(0, bodyLength));
      decipher.final();
      const out = new Uint8Array(body.length);
      out.set(body);
      return out;
    },
  };
}
