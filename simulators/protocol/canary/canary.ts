import type { Random } from '../../kernel/random.ts';

/**
 * Begins every canary. Its bytes are the same in ASCII and GSM 03.38; its hex has no letters and
 * its base64 neither `+` nor `/`, so that one image serves both cases and both base64 alphabets.
 */
export const CANARY_MARKER = 'QX7';
export const CANARY_LENGTH = 12;

/** Crockford's base32: no I, L, O, U, so that a canary is never read as a word. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHECKED_LENGTH = CANARY_LENGTH - 2;

/** Ten bits of FNV-1a over the first ten characters, as two digits. */
function checksum(head: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < head.length; index++) {
    hash = Math.imul(hash ^ head.charCodeAt(index), 0x01000193) >>> 0;
  }
  const bits = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & 0x3ff;
  return `${ALPHABET.charAt(bits >>> 5)}${ALPHABET.charAt(bits & 31)}`;
}

/**
 * A canary: 12 characters of [A-Z0-9] that survive GSM-7: the marker, 35 random bits, a checksum.
 * With `isTaken` (`index.byCanary(c) !== undefined`) it is drawn again until it is new.
 */
export function createCanary(
  random: Random,
  isTaken: (canary: string) => boolean = () => false,
): string {
  for (;;) {
    let head = CANARY_MARKER;
    while (head.length < CHECKED_LENGTH) head += ALPHABET.charAt(random.int(0, 31));
    const canary = head + checksum(head);
    if (!isTaken(canary)) return canary;
  }
}

/** Is this a whole canary? A cut or altered one fails its checksum. */
export function isCanary(text: string): boolean {
  if (text.length !== CANARY_LENGTH || !text.startsWith(CANARY_MARKER)) return false;
  for (let index = CANARY_MARKER.length; index < CANARY_LENGTH; index++) {
    if (!ALPHABET.includes(text.charAt(index))) return false;
  }
  return text.endsWith(checksum(text.slice(0, CHECKED_LENGTH)));
}

/** By byte: is it one of the alphabet? */
const IN_ALPHABET: Uint8Array = (() => {
  const table = new Uint8Array(256);
  for (let index = 0; index < ALPHABET.length; index++) table[ALPHABET.charCodeAt(index)] = 1;
  return table;
})();

/** The whole canary whose marker stands at `at`; a cut or an altered one is none. */
export function canaryAt(bytes: Buffer, at: number): string | undefined {
  const end = at + CANARY_LENGTH;
  if (end > bytes.length) return undefined;
  for (let place = at + CANARY_MARKER.length; place < end; place++) {
    if (IN_ALPHABET[bytes[place]!] === 0) return undefined;
  }
  const text = bytes.toString('latin1', at, end);
  return text.endsWith(checksum(text.slice(0, CHECKED_LENGTH))) ? text : undefined;
}
