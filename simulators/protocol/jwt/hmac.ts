import { createHmac, timingSafeEqual } from 'node:crypto';

/** HMAC (RFC 2104) in base64, as webhook signatures carry it. Key and data as they are. */
export function hmacBase64(
  hash: 'sha1' | 'sha256' | 'sha512',
  key: string | Uint8Array,
  data: string | Uint8Array,
): string {
  return createHmac(hash, key).update(data).digest('base64');
}

/** Compares two signatures without telling by time where they differ. */
export function sameSignature(expected: string, received: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(received)];
  return a.length === b.length && timingSafeEqual(a, b);
}
