/**
 * One pass over the bytes that tells which decodings are worth trying, so that clean data costs one
 * table look-up a byte.
 */
import { CANARY_MARKER } from './canary.ts';
import { beginsImage, beginsPacked, mayBeginImage, mayBePacked } from './images.ts';
import { beginsEscape, beginsPercent, beginsQuoted } from './layers.ts';

/** A stretch that could be base64, base64url or hex. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly hex: boolean;
  /** `-` or `_` were seen: the URL alphabet. */
  readonly url: boolean;
}

export interface Survey {
  /** Where the first octet in percent-encoding stands; -1: nowhere. */
  readonly percent: number;
  /** Where the first escape of JSON stands; -1: nowhere. */
  readonly escape: number;
  /** Where the first thing stands that quoted-printable would undo; -1: nowhere. */
  readonly quoted: number;
  /** The first bytes of an image in hex or base64 stand somewhere. */
  readonly images: boolean;
  /** Enough zero bytes for UTF-16. */
  readonly zeros: boolean;
  /** A byte of the gzip magic (RFC 1952 §2.3.1). */
  readonly gzip: boolean;
  /** The bytes that zlib streams begin with (RFC 1950 §2.2, 32 KiB window). */
  readonly zlib: boolean;
  /** Has bytes that no text has. */
  readonly binary: boolean;
  /** Has no byte above 0x7f. */
  readonly ascii: boolean;
  readonly runs: readonly Run[];
  /** Offsets of the marker as it is. */
  readonly plain: readonly number[];
  /** Offsets of bytes that stand second in a packed GSM-7 marker. */
  readonly packed: readonly number[];
}

/** A packed canary is 11 bytes: 15 base64 characters, 22 hex digits. */
export const SHORTEST_BASE64 = 15;
const SHORTEST_HEX = 22;
/** MIME folds base64 at 76 characters, PEM at 64; shorter lines are words, not base64. */
const SHORTEST_FOLDED_LINE = 60;
/** More candidates than this in one text are noise; the images still find what is direct. */
const MOST_RUNS = 4_096;
const MOST_PACKED = 65_536;

const BASE64 = 1;
const HEX = 2;
const URL_ONLY = 4;
const PACKED = 8;
const CONTROL = 16;
/** A byte that one of the encodings needs: `%`, a backslash, `=`, gzip's or zlib's first. */
const SIGN = 32;
const IMAGE = 64;
/** Begins the marker itself. */
const MARKER = 128;
/** Above ASCII. */
const HIGH = 256;
const NOTABLE = PACKED | CONTROL | SIGN | IMAGE | MARKER | HIGH;

const MARKER_0 = CANARY_MARKER.charCodeAt(0);
const MARKER_1 = CANARY_MARKER.charCodeAt(1);
const MARKER_2 = CANARY_MARKER.charCodeAt(2);

const CLASSES: Uint16Array = (() => {
  const table = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const char = String.fromCharCode(byte);
    let bits = 0;
    if (/[A-Za-z0-9+/_-]/.test(char)) bits |= BASE64;
    if (/[A-Fa-f0-9]/.test(char)) bits |= HEX;
    if (/[_-]/.test(char)) bits |= URL_ONLY;
    if (mayBePacked(byte)) bits |= PACKED;
    if (mayBeginImage(byte)) bits |= IMAGE;
    if (byte < 32 && !'\t\n\r'.includes(char)) bits |= CONTROL;
    if ('%\\=\u001fx'.includes(char)) bits |= SIGN;
    if (byte === MARKER_0) bits |= MARKER;
    if (byte > 0x7f) bits |= HIGH;
    table[byte] = bits;
  }
  return table;
})();

/** What follows 0x78 in a zlib header, by the level of compression. */
export const ZLIB_FLAGS: readonly number[] = [0x01, 0x5e, 0x9c, 0xda];
/** By octet: 0x78 is the letter x, and texts have many. */
const IS_ZLIB_FLAG = Uint8Array.from({ length: 256 }, (_, octet) =>
  ZLIB_FLAGS.includes(octet) ? 1 : 0,
);

/** How many bytes a line fold has at this place: 0, 1 (LF) or 2 (CR LF). */
function foldAt(bytes: Buffer, at: number): number {
  if (bytes[at] === 0x0a) return 1;
  return bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? 2 : 0;
}

const NO_RUNS: readonly Run[] = Object.freeze([]);
const NO_PLACES: readonly number[] = Object.freeze([]);

/** Where the run that begins at `start` ends, over the line folds that are in it. */
function runFrom(bytes: Buffer, start: number): Run {
  const { length } = bytes;
  let line = start;
  let all = 0xffff;
  let any = 0;
  let at = start;
  for (;;) {
    for (; at < length; at++) {
      const bits = CLASSES[bytes[at]!]!;
      if ((bits & BASE64) === 0) break;
      all &= bits;
      any |= bits;
    }
    const fold = at < length && at - line >= SHORTEST_FOLDED_LINE ? foldAt(bytes, at) : 0;
    if (fold === 0 || (CLASSES[bytes[at + fold] ?? 0]! & BASE64) === 0) break;
    at += fold;
    line = at;
  }
  const hex = (all & HEX) !== 0 && (at - start) % 2 === 0;
  return { start, end: at, hex, url: (any & URL_ONLY) !== 0 };
}

/**
 * Looks where a run would have its last character if it began here: from one that cannot be in a
 * run at all, the next can only begin behind it. Words are stepped over so, most bytes never seen.
 */
function findRuns(bytes: Buffer): readonly Run[] {
  const { length } = bytes;
  let runs: Run[] | undefined;
  let start = 0;
  while (start + SHORTEST_BASE64 <= length) {
    let at = start + SHORTEST_BASE64 - 1;
    while (at >= start && (CLASSES[bytes[at]!]! & BASE64) !== 0) at--;
    if (at >= start) {
      start = at + 1;
      continue;
    }
    const run = runFrom(bytes, start);
    if (run.end - start >= (run.hex ? SHORTEST_HEX : SHORTEST_BASE64)) {
      if (runs === undefined) runs = [run];
      else if (runs.push(run) >= MOST_RUNS) break;
    }
    start = run.end + 1;
  }
  return runs ?? NO_RUNS;
}

/** Surveys the bytes. Work and memory are linear and bounded. */
export function survey(bytes: Buffer): Survey {
  const { length } = bytes;
  let plain: number[] | undefined;
  let packed: number[] | undefined;
  let percent = -1;
  let escape = -1;
  let quoted = -1;
  let gzip = false;
  let zlib = false;
  let zeroCount = 0;
  let binary = false;
  let ascii = true;
  let images = false;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]!;
    const bits = CLASSES[byte]!;
    if ((bits & NOTABLE) === 0) continue;
    if ((bits & MARKER) !== 0 && bytes[at + 1] === MARKER_1 && bytes[at + 2] === MARKER_2) {
      if (plain === undefined) plain = [at];
      else plain.push(at);
    }
    if ((bits & PACKED) !== 0 && beginsPacked(bytes, at)) {
      packed ??= [];
      if (packed.length < MOST_PACKED) packed.push(at);
    }
    if ((bits & IMAGE) !== 0) images ||= beginsImage(bytes, at);
    if ((bits & CONTROL) !== 0) {
      binary = true;
      if (byte === 0) zeroCount++;
    }
    if ((bits & HIGH) !== 0) ascii = false;
    if ((bits & SIGN) === 0) continue;
    if (byte === 0x25) {
      if (percent < 0 && beginsPercent(bytes, at)) percent = at;
    } else if (byte === 0x5c) {
      if (escape < 0 && beginsEscape(bytes, at)) escape = at;
    } else if (byte === 0x3d) {
      if (quoted < 0 && beginsQuoted(bytes, at)) quoted = at;
    } else if (byte === 0x1f) gzip = true;
    else zlib ||= IS_ZLIB_FLAG[bytes[at + 1] ?? 0] === 1;
  }
  return {
    percent,
    escape,
    quoted,
    images,
    zeros: zeroCount >= 11,
    gzip,
    zlib,
    binary,
    ascii,
    runs: findRuns(bytes),
    plain: plain ?? NO_PLACES,
    packed: packed ?? NO_PLACES,
  };
}
