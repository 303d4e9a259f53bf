/**
 * Encodings that are undone as a whole before the result is scanned again, from the first place on
 * where there is something to undo: the one pass over the bytes finds it.
 */
import { constants, inflateRawSync, inflateSync } from 'node:zlib';

const HEX_VALUES: Int8Array = (() => {
  const table = new Int8Array(256).fill(-1);
  for (let value = 0; value < 16; value++) {
    const digit = value.toString(16);
    table[digit.charCodeAt(0)] = value;
    table[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return table;
})();

/** The byte written as two hex digits at `at`, or -1. */
function hexByte(bytes: Buffer, at: number): number {
  const high = HEX_VALUES[bytes[at] ?? 0] ?? -1;
  const low = HEX_VALUES[bytes[at + 1] ?? 0] ?? -1;
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

/** Room for the whole, with what stands before the first thing to undo copied already. */
function begun(bytes: Buffer, first: number): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  bytes.copy(out, 0, 0, first);
  return out;
}

/** Has the percent sign at `at` an octet? */
export function beginsPercent(bytes: Buffer, at: number): boolean {
  return hexByte(bytes, at + 1) !== -1;
}

/** RFC 3986 §2.1. */
export function undoPercent(bytes: Buffer, first: number): Buffer {
  const out = begun(bytes, first);
  let length = first;
  for (let at = first; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const value = byte === 0x25 ? hexByte(bytes, at + 1) : -1;
    out[length++] = value === -1 ? byte : value;
    if (value !== -1) at += 2;
  }
  return out.subarray(0, length);
}

/** More than a canary in hex, and than an escape that an octet has a part in. */
const AROUND_PERCENT_BYTES = 32;

/** Letters and digits of any base64, and what folds its lines. */
const IN_FOLDED_RUN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/_\r\n-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Octets that mean something far from where they stand: bytes of no text, and zlib's `x^`. */
const FAR_REACHING: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\t\n\r -~]/.test(String.fromCharCode(byte)) && byte !== 0x78 && byte !== 0x5e ? 0 : 1,
);

/**
 * For text without any other sign of an encoding: the stretch around the octets, whole runs
 * included, with the octets undone. What stands farther away they do not change, and it is read
 * where it stands; in a form there is mostly one octet, the plus sign of a number. Undefined: an
 * octet may mean something far away, and the whole is to be undone.
 */
export function undoPercentNearby(bytes: Buffer, first: number): Buffer | undefined {
  let start = Math.max(0, first - AROUND_PERCENT_BYTES);
  while (start > 0 && IN_FOLDED_RUN[bytes[start]!] === 1) start--;
  let last = first;
  for (let at = first; at < bytes.length; at++) {
    if (bytes[at] !== 0x25) continue;
    last = at;
    const value = hexByte(bytes, at + 1);
    if (value !== -1 && FAR_REACHING[value] === 1) return undefined;
  }
  let end = Math.min(bytes.length, last + AROUND_PERCENT_BYTES);
  while (end < bytes.length && IN_FOLDED_RUN[bytes[end]!] === 1) end++;
  return undoPercent(bytes.subarray(start, end), first - start);
}

const PLUS = 0x2b;

/**
 * Is every octet the plus sign of a short number, as forms have it? No canary has one, a run
 * shorter than `shortest` is no base64, and a packed canary has bytes of no text: nothing appears
 * when it is undone. For text without any other sign of an encoding.
 */
export function hasPlusSignsAlone(bytes: Buffer, first: number, shortest: number): boolean {
  for (let at = bytes.indexOf(0x25, first); at !== -1; at = bytes.indexOf(0x25, at + 1)) {
    const value = hexByte(bytes, at + 1);
    if (value === -1) continue;
    let start = at;
    while (start > 0 && IN_FOLDED_RUN[bytes[start - 1]!] === 1) start--;
    const after = at + 3;
    let end = after;
    while (end < bytes.length && IN_FOLDED_RUN[bytes[end]!] === 1) end++;
    const isShort = at - start + 1 + end - after < shortest;
    // Another octet, which may carry the run on.
    const goesOn = bytes[end] === 0x25;
    if (value !== PLUS || goesOn || !isShort) return false;
  }
  return true;
}

/** Does the equals sign at `at` begin an octet or a soft line break? */
export function beginsQuoted(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 1];
  if (next === 0x0a || (next === 0x0d && bytes[at + 2] === 0x0a)) return true;
  return hexByte(bytes, at + 1) !== -1;
}

/** RFC 2045 §6.7, soft line breaks too. */
export function undoQuotedPrintable(bytes: Buffer, first: number): Buffer {
  const out = begun(bytes, first);
  let length = first;
  for (let at = first; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0x3d) {
      const next = bytes[at + 1];
      if (next === 0x0a) {
        at += 1;
        continue;
      }
      if (next === 0x0d && bytes[at + 2] === 0x0a) {
        at += 2;
        continue;
      }
      const value = hexByte(bytes, at + 1);
      if (value !== -1) {
        out[length++] = value;
        at += 2;
        continue;
      }
    }
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

const SHORT_ESCAPES: Readonly<Record<number, number>> = {
  0x22: 0x22, // "
  0x2f: 0x2f, // /
  0x5c: 0x5c, // \
  0x62: 0x08,
  0x66: 0x0c,
  0x6e: 0x0a,
  0x72: 0x0d,
  0x74: 0x09,
};

/** Does the backslash at `at` begin an escape? */
export function beginsEscape(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 1] ?? 0;
  if (next !== 0 && SHORT_ESCAPES[next] !== undefined) return true;
  return next === 0x75 && hexByte(bytes, at + 2) !== -1 && hexByte(bytes, at + 4) !== -1;
}

/** String escapes of RFC 8259 §7. */
export function undoJsonEscapes(bytes: Buffer, first: number): Buffer {
  const out = begun(bytes, first);
  let length = first;
  for (let at = first; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const next = byte === 0x5c ? (bytes[at + 1] ?? 0) : 0;
    if (next === 0x75) {
      const high = hexByte(bytes, at + 2);
      const low = hexByte(bytes, at + 4);
      if (high !== -1 && low !== -1) {
        // At most three bytes of UTF-8 stand for the six of the escape, so `out` is long enough.
        length += out.write(String.fromCharCode(high * 256 + low), length);
        at += 5;
        continue;
      }
    }
    const short = next === 0 ? undefined : SHORT_ESCAPES[next];
    out[length++] = short ?? byte;
    if (short !== undefined) at += 1;
  }
  return out.subarray(0, length);
}

/** Text in UTF-16 of which nearly every character is ASCII. */
export function undoUtf16(
  bytes: Buffer,
): { readonly as: 'utf-16le' | 'utf-16be'; readonly bytes: Buffer } | undefined {
  const zeros: [number, number] = [0, 0];
  const looked = Math.min(bytes.length, 512) & ~1;
  for (let at = 0; at < looked; at++) if (bytes[at] === 0) zeros[at & 1 ? 1 : 0]++;
  const highByte = zeros[0] > zeros[1] ? 0 : 1;
  if (zeros[highByte] < looked / 4 || zeros[highByte === 0 ? 1 : 0] > looked / 16) return undefined;
  const out = Buffer.allocUnsafe(bytes.length >> 1);
  for (let at = 0; at < out.length; at++) out[at] = bytes[2 * at + (1 - highByte)]!;
  return { as: highByte === 1 ? 'utf-16le' : 'utf-16be', bytes: out };
}

export type Inflated =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'not-compressed' };

const INFLATERS = {
  deflate: inflateSync,
  'deflate-raw': inflateRawSync,
} as const;
export type Compression = 'gzip' | keyof typeof INFLATERS;

/** Where the deflate stream of a gzip member begins (RFC 1952 §2.3). */
function gzipHeaderLength(bytes: Buffer): number {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if ((flags & 0x04) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  // FNAME and FCOMMENT end with a zero byte.
  for (const flag of [0x08, 0x10]) {
    if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1 || bytes.length;
  }
  return (flags & 0x02) === 0 ? at : at + 2;
}

/** Undoes a compression; streams that were cut give what they have. */
export function inflate(as: Compression, bytes: Buffer, mostBytes: number): Inflated {
  // A gzip member's deflate stream is read by itself: what follows the member does not matter then.
  const gzip = as === 'gzip';
  try {
    const stream = gzip ? bytes.subarray(gzipHeaderLength(bytes)) : bytes;
    const out = INFLATERS[gzip ? 'deflate-raw' : as](stream, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: Math.max(1, mostBytes),
    });
    return out.length === 0 ? { kind: 'not-compressed' } : { kind: 'bytes', bytes: out };
  } catch (error) {
    // Guessed wrong is the normal case here: zlib says so by throwing.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { kind: code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'not-compressed' };
  }
}
