const ALPHABET = /^[A-Za-z0-9_-]*$/;

/**
 * base64url without padding, and the only such text for its octets (RFC 7515 §2; RFC 4648 §3.5): a
 * last character with bits of its own would give one signature several spellings.
 */
export function isBase64url(text: string): boolean {
  return ALPHABET.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text;
}
