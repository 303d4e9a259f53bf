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

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a in ten bits: two digits. */
function fold(hash: number): number {
  return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & 0x3ff;
}

/** Over the first ten characters. */
function checksum(head: string): string {
  let hash = FNV_OFFSET;
  for (let index = 0; index < head.length; index++) {
    hash = Math.imul(hash ^ head.charCodeAt(index), FNV_PRIME) >>> 0;
  }
  const bits = fold(hash);
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

/** By byte: which of the alphabet it is; -1: none. */
const PLACE_IN_ALPHABET: Int8Array = (() => {
  const table = new Int8Array(256).fill(-1);
  for (let index = 0; index < ALPHABET.length; index++) table[ALPHABET.charCodeAt(index)] = index;
  return table;
})();

/** The whole canary whose marker stands at `at`; a cut or an altered one is none. */
export function canaryAt(bytes: Buffer, at: number): string | undefined {
  const end = at + CANARY_LENGTH;
  const checked = at + CHECKED_LENGTH;
  if (end > bytes.length) return undefined;
  let hash = FNV_OFFSET;
  for (let place = at; place < checked; place++) {
    const byte = bytes[place]!;
    if (PLACE_IN_ALPHABET[byte] === -1) return undefined;
    hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  }
  const bits = fold(hash);
  if (PLACE_IN_ALPHABET[bytes[checked]!] !== bits >>> 5) return undefined;
  if (PLACE_IN_ALPHABET[bytes[checked + 1]!] !== (bits & 31)) return undefined;
  return bytes.toString('latin1', at, end);
}

/** Is this a whole canary? A cut or altered one fails its checksum. */
export function isCanary(text: string): boolean {
  if (text.length !== CANARY_LENGTH || !text.startsWith(CANARY_MARKER)) return false;
  return canaryAt(Buffer.from(text), 0) !== undefined;
}
