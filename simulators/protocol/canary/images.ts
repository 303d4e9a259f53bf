/**
 * What the marker looks like in each encoding, and how to read a canary from where an image stands.
 * Images are found by one pass over the bytes; only a hit is decoded.
 */
import { CANARY_LENGTH, CANARY_MARKER, canaryAt, isCanary } from './canary.ts';

export interface ImageHit {
  readonly canary: string;
  readonly as: string;
  /** Offset of the image in the scanned bytes. */
  readonly at: number;
}

/**
 * The hits of one sheet. Most have one or none, and a list that grows from nothing takes room for
 * seventeen.
 */
export class ImageHits {
  list: ImageHit[] | undefined = undefined;

  add(canary: string, as: string, at: number): void {
    if (this.list === undefined) this.list = [{ canary, as, at }];
    else this.list.push({ canary, as, at });
  }
}

interface Image {
  readonly as: string;
  readonly bytes: Buffer;
  /** The canary's text when it stands at `at`; anything else is told by its checksum. */
  read(bytes: Buffer, at: number): string;
}

/** The marker in base64 when `before` bytes of its group of three precede it. */
function base64Image(before: 0 | 1 | 2): Image {
  const encoded = Buffer.from(`${'\0'.repeat(before)}${CANARY_MARKER}\0\0`).toString('base64');
  // Only characters whose six bits all belong to the marker are certain.
  const first = Math.ceil((before * 8) / 6);
  const end = Math.floor(((before + CANARY_MARKER.length) * 8) / 6);
  return {
    as: 'base64',
    bytes: Buffer.from(encoded.slice(first, end)),
    read: (bytes, at) => {
      const group = at - first;
      if (group < 0) return '';
      const text = bytes.toString(
        'latin1',
        group,
        group + Math.ceil((before + CANARY_LENGTH) / 3) * 4,
      );
      return Buffer.from(text, 'base64').toString('latin1', before, before + CANARY_LENGTH);
    },
  };
}

const PLAIN: Image = {
  as: 'plain',
  bytes: Buffer.from(CANARY_MARKER),
  read: (bytes, at) => bytes.toString('latin1', at, at + CANARY_LENGTH),
};

const HEX: Image = {
  as: 'hex',
  bytes: Buffer.from(Buffer.from(CANARY_MARKER).toString('hex')),
  read: (bytes, at) =>
    Buffer.from(bytes.toString('latin1', at, at + 2 * CANARY_LENGTH), 'hex').toString('latin1'),
};

/** Every second byte; which of the two byte orders it was is told by the offset's parity. */
const UTF16: Image = {
  as: 'utf-16',
  bytes: Buffer.from(CANARY_MARKER, 'utf16le').subarray(0, 2 * CANARY_MARKER.length - 1),
  read: (bytes, at) => {
    let text = '';
    for (let index = 0; index < CANARY_LENGTH; index++) {
      const place = at + 2 * index;
      if (index > 0 && bytes[place - 1] !== 0) return '';
      text += String.fromCharCode(bytes[place] ?? 0);
    }
    return text;
  },
};

const ENCODED: readonly Image[] = [HEX, base64Image(0), base64Image(1), base64Image(2)];

function findImage(image: Image, bytes: Buffer, hits: ImageHits): void {
  let at = bytes.indexOf(image.bytes);
  while (at !== -1) {
    const canary = image.read(bytes, at);
    if (isCanary(canary)) {
      const as = image === UTF16 ? (at % 2 === 0 ? 'utf-16le' : 'utf-16be') : image.as;
      hits.add(canary, as, at);
    }
    at = bytes.indexOf(image.bytes, at + 1);
  }
}

/** The canaries that stand in the bytes as they are, where no survey says where that may be. */
export function findPlain(bytes: Buffer, hits: ImageHits): void {
  findImage(PLAIN, bytes, hits);
}

/** The canary as it is whose marker stands at `at`. */
export function readPlain(bytes: Buffer, at: number, hits: ImageHits): void {
  const canary = canaryAt(bytes, at);
  if (canary !== undefined) hits.add(canary, 'plain', at);
}

/** First byte of an encoded image → its first three bytes as one number. */
const BEGINNINGS: ReadonlyMap<number, number> = new Map(
  ENCODED.map(({ bytes }) => [bytes[0] ?? 0, bytes.readUIntBE(0, 3)]),
);

/** Is it the first byte of an image in hex or base64? Asked for each byte of the one pass. */
export function mayBeginImage(byte: number): boolean {
  return BEGINNINGS.has(byte);
}

/** Do the first three bytes of an image in hex or base64 stand here? */
export function beginsImage(bytes: Buffer, at: number): boolean {
  const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  return BEGINNINGS.get(bytes[at] ?? 0) === three;
}

/**
 * The canaries in hex, base64 and base64url at any alignment when `images` says that one begins
 * somewhere, and in UTF-16 when `zeros` says so.
 */
export function findEncoded(
  bytes: Buffer,
  { images, zeros }: { readonly images: boolean; readonly zeros: boolean },
  hits: ImageHits,
): void {
  if (images) for (const image of ENCODED) findImage(image, bytes, hits);
  if (zeros) findImage(UTF16, bytes, hits);
}

/** The marker as 21 bits of packed septets (3GPP TS 23.038 §6.1.2.1), first septet lowest. */
const SEPTETS = Array.from(CANARY_MARKER).reduce(
  (bits, char, index) => bits | (char.charCodeAt(0) << (7 * index)),
  0,
);
const SEPTET_BITS = 7 * CANARY_MARKER.length;

/**
 * For each byte value: a bit k is set when that byte can be the second byte of a marker that begins
 * at bit k of the byte before it. The second byte lies wholly inside the marker for every k.
 */
const SECOND_BYTE: Uint8Array = (() => {
  const table = new Uint8Array(256);
  for (let k = 0; k < 8; k++) {
    const second = (SEPTETS >>> (8 - k)) & 0xff;
    table[second] = (table[second] ?? 0) | (1 << k);
  }
  return table;
})();

/** May the byte be inside a packed marker? Asked for each byte of the one pass. */
export function mayBePacked(byte: number): boolean {
  return SECOND_BYTE[byte] !== 0;
}

/** The four bytes of which the one at `place`, not the first of all, is the second. */
function wordAt(bytes: Buffer, place: number): number {
  return (
    (bytes[place - 1] ?? 0) |
    ((bytes[place] ?? 0) << 8) |
    ((bytes[place + 1] ?? 0) << 16) |
    ((bytes[place + 2] ?? 0) << 24)
  );
}

/** Does the packed marker begin at bit `k` of these four bytes? */
function markerAt(word: number, k: number): boolean {
  return ((word >>> k) & ((1 << SEPTET_BITS) - 1)) === SEPTETS;
}

/** Does a packed marker stand here, of which this is the second byte? */
export function beginsPacked(bytes: Buffer, place: number): boolean {
  if (place === 0) return false;
  const ks = SECOND_BYTE[bytes[place] ?? 0] ?? 0;
  const word = wordAt(bytes, place);
  for (let k = 0; k < 8; k++) if ((ks & (1 << k)) !== 0 && markerAt(word, k)) return true;
  return false;
}

/** Looks for a packed canary whose marker has `place`, never 0, as its second byte. */
export function readPacked(bytes: Buffer, place: number, hits: ImageHits): void {
  const start = place - 1;
  const word = wordAt(bytes, place);
  for (let k = 0; k < 8; k++) {
    if (!markerAt(word, k)) continue;
    let canary = '';
    for (let index = 0; index < CANARY_LENGTH; index++) {
      const bit = k + 7 * index;
      const byte = start + (bit >>> 3);
      const pair = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8);
      canary += String.fromCharCode((pair >>> (bit & 7)) & 0x7f);
    }
    if (isCanary(canary)) hits.add(canary, 'gsm-7', start);
  }
}
