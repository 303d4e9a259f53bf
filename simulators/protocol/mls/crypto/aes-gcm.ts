import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';

/** AES-128-GCM (RFC 5116 §5.1), synchronous; ciphertext carries its 16-octet tag at the end. */
export const AES_128_GCM_KEY_BYTES = 16;
export const AES_128_GCM_NONCE_BYTES = 12;
const TAG_BYTES = 16;

// `createCipheriv` with raw key octets costs three times as much as with a KeyObject made for it.

export function sealAes128Gcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array | undefined,
  plaintext: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv('aes-128-gcm', createSecretKey(key), nonce);
  if (aad !== undefined && aad.length > 0) cipher.setAAD(aad);
  const body = cipher.update(plaintext);
  cipher.final();
  const out = new Uint8Array(body.length + TAG_BYTES);
  out.set(body);
  out.set(cipher.getAuthTag(), body.length);
  return out;
}

/** Throws when the tag does not match or the input is shorter than a tag. */
export function openAes128Gcm(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array | undefined,
  ciphertext: Uint8Array,
): Uint8Array {
  const bodyLength = ciphertext.length - TAG_BYTES;
  if (bodyLength < 0) throw new RangeError('ciphertext shorter than its tag');
  const decipher = createDecipheriv('aes-128-gcm', createSecretKey(key), nonce, {
    authTagLength: TAG_BYTES,
  });
  if (aad !== undefined && aad.length > 0) decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(bodyLength));
  const body = decipher.update(ciphertext.subarray(0, bodyLength));
  decipher.final();
  const out = new Uint8Array(body.length);
  out.set(body);
  return out;
}
