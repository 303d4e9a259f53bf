/**
 * Finds canaries in bytes, however they are written: plain, base64, base64url, hex, percent-
 * encoding, JSON escapes, quoted-printable, UTF-16, packed GSM-7, gzip, deflate, nested to depth
 * 3.
 */
import { isUtf8 } from 'node:buffer';
import { mayBeRawDeflate } from './deflate-check.ts';
import { EmptyRuns, hashOf, isSameStretch } from './empty-runs.ts';
import type { Stretch } from './empty-runs.ts';
import { ImageHits, findEncoded, findPlain, readPacked, readPlain } from './images.ts';
import type { Compression } from './layers.ts';
import {
  hasPlusSignsAlone,
  inflate,
  undoJsonEscapes,
  undoPercent,
  undoPercentNearby,
  undoQuotedPrintable,
  undoUtf16,
} from './layers.ts';
import type { Run, Survey } from './survey.ts';
import { SHORTEST_BASE64, ZLIB_FLAGS, survey } from './survey.ts';

export interface CanaryHit {
  readonly canary: string;
  /** `plain`, or the encodings from the outside in: `base64>gzip`. */
  readonly as: string;
}

export interface Examination {
  readonly hits: readonly CanaryHit[];
  /** Where in the bytes the first hit stands, as exactly as is known. */
  readonly firstAt: number;
  /** The bytes, or what they unfolded to, were more than the limit: something was left unread. */
  readonly truncated: boolean;
}

export interface Scanner {
  /** Each canary once, by its simplest encoding. */
  scan(bytes: Uint8Array | string): readonly CanaryHit[];
  examine(bytes: Uint8Array | string): Examination;
}

export interface ScannerLimits {
  /** Bytes of one call that are read at all; default 4 MiB. */
  readonly inputBytes: number;
  /** Bytes that all layers together may unfold to; default 16 MiB. */
  readonly workBytes: number;
}

const DEPTH = 3;
/** Runs that were unfolded in vain are known again, as long as they are short. */
const LONGEST_KNOWN_RUN = 256;
/** Compressed streams may stand inside other bytes (multipart); more starts than this are noise. */
const MOST_STARTS = 8;

/** So many runs of one text are looked through for one that is the same. */
const MOST_COMPARED = 16;
/** So many canaries in one text are worth an index. */
const MANY = 16;

/** Bytes to look at, and how they came about. */
interface Sheet {
  readonly bytes: Buffer;
  readonly path: string;
  readonly depth: number;
  readonly at: number;
  /** The short runs that it lies in, from the outside in; a hit in it is one in each of them. */
  readonly within: Within | undefined;
}

/** A short run that was unfolded here. */
interface Within extends Stretch {
  readonly depth: number;
  readonly outer: Within | undefined;
  /** Nothing was found in it so far, and it is worth remembering. */
  empty: boolean;
}

interface Work {
  readonly sheets: Sheet[];
  /** From other examinations. */
  readonly known: EmptyRuns | undefined;
  /** Short runs that were unfolded here, being not known. */
  unfolded: Within[] | undefined;
  left: number;
  truncated: boolean;
}

function inside(sheet: Sheet, as: string): string {
  return sheet.path === '' ? as : `${sheet.path}>${as}`;
}

function unfold(
  work: Work,
  sheet: Sheet,
  as: string,
  bytes: Buffer | undefined,
  at = 0,
  within = sheet.within,
): void {
  if (bytes === undefined || bytes.length < 11) return;
  if (bytes.length > work.left) {
    work.truncated = true;
    return;
  }
  work.left -= bytes.length;
  const { depth, at: base } = sheet;
  // An offset in decoded bytes says nothing about the original: keep the outermost place.
  const place = depth === 0 ? at : base;
  work.sheets.push({ bytes, path: inside(sheet, as), depth: depth + 1, at: place, within });
}

function decompress(work: Work, sheet: Sheet, as: Compression, at: number): void {
  const result = inflate(as, sheet.bytes.subarray(at), work.left);
  if (result.kind === 'bytes') unfold(work, sheet, as, result.bytes, at);
  else if (result.kind === 'too-large') work.truncated = true;
}

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
/** The zlib headers of a 32 KiB window, RFC 1950 §2.2: CMF 0x78, FLG by level. */
const ZLIB = ZLIB_FLAGS.map((flags) => Buffer.from([0x78, flags]));

function decompressFrom(work: Work, sheet: Sheet, as: Compression, magic: Buffer): void {
  let at = sheet.bytes.indexOf(magic);
  for (let tries = 0; at !== -1 && tries < MOST_STARTS; tries++) {
    // Two octets of a zlib header stand in much that is none; to be told so by zlib costs more.
    const mayBe = as !== 'deflate' || mayBeRawDeflate(sheet.bytes.subarray(at + magic.length));
    if (mayBe) decompress(work, sheet, as, at);
    at = sheet.bytes.indexOf(magic, at + 1);
  }
}

const UUID_LENGTH = 36;
const DASH = 0x2d;
const IS_UUID_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\da-f]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** An identifier (RFC 9562): dashes there and no other digits are no base64 of anything. */
function isUuid(bytes: Buffer, start: number): boolean {
  for (let index = 0; index < UUID_LENGTH; index++) {
    const byte = bytes[start + index]!;
    const isDash = index === 8 || index === 13 || index === 18 || index === 23;
    if (isDash ? byte !== DASH : IS_UUID_DIGIT[byte] === 0) return false;
  }
  return true;
}

/** Was the same run unfolded before, less deep? All that it holds is found, or will be. */
function isUnfolded({ unfolded }: Work, run: Stretch): boolean {
  if (unfolded === undefined) return false;
  const most = Math.min(unfolded.length, MOST_COMPARED);
  for (let index = 0; index < most; index++) if (isSameStretch(unfolded[index]!, run)) return true;
  return false;
}

/** Does one of the places lie in the run? */
function holdsAny({ start, end }: Run, places: readonly number[]): boolean {
  for (let index = 0; index < places.length; index++) {
    const place = places[index]!;
    if (place >= start && place < end) return true;
  }
  return false;
}

function unfoldRuns(work: Work, sheet: Sheet, seen: Survey): void {
  const { bytes, depth, within: outer } = sheet;
  for (let index = 0; index < seen.runs.length; index++) {
    const run = seen.runs[index]!;
    const { start, end } = run;
    const length = end - start;
    if (length === UUID_LENGTH && isUuid(bytes, start)) continue;
    let within = outer;
    if (length <= LONGEST_KNOWN_RUN) {
      // With a canary in it, it will hardly come again.
      const empty = !holdsAny(run, seen.plain);
      const short = { bytes, start, length, hash: hashOf(bytes, start, end), depth, outer, empty };
      if (work.known?.has(short, depth) === true) continue;
      if (isUnfolded(work, short)) {
        // What is in it is not told here, so nothing around it may be taken for empty.
        for (let at = outer; at !== undefined; at = at.outer) at.empty = false;
        continue;
      }
      within = short;
      if (work.unfolded === undefined) work.unfolded = [short];
      else work.unfolded.push(short);
    }
    const text = bytes.toString('latin1', start, end);
    if (run.hex) {
      unfold(work, sheet, 'hex', Buffer.from(text, 'hex'), start, within);
      continue;
    }
    const as = run.url ? 'base64url' : 'base64';
    unfold(work, sheet, as, Buffer.from(text, 'base64'), start, within);
    // A path or a prefix shifts the alignment; gzip's magic shows where the blob really begins.
    const gzip = text.indexOf('H4sI');
    if (gzip % 4 > 0) {
      const blob = Buffer.from(text.slice(gzip), 'base64');
      unfold(work, sheet, as, blob, start + gzip, within);
    }
  }
}

/** As much of it as can hold something that is not seen without; undefined: nothing can. */
function percentUndone(bytes: Buffer, seen: Survey): Buffer | undefined {
  const { percent, ascii, binary, zlib, escape, quoted } = seen;
  const isPlain = ascii && !binary && !zlib && escape < 0 && quoted < 0;
  if (!isPlain) return undoPercent(bytes, percent);
  if (hasPlusSignsAlone(bytes, percent, SHORTEST_BASE64)) return undefined;
  return undoPercentNearby(bytes, percent) ?? undoPercent(bytes, percent);
}

function unfoldAll(work: Work, sheet: Sheet, seen: Survey): void {
  const { bytes } = sheet;
  const { escape, percent, quoted } = seen;
  if (escape >= 0) unfold(work, sheet, 'json', undoJsonEscapes(bytes, escape));
  if (percent >= 0) unfold(work, sheet, 'percent', percentUndone(bytes, seen));
  if (quoted >= 0) unfold(work, sheet, 'quoted-printable', undoQuotedPrintable(bytes, quoted));
  if (seen.zeros) {
    const utf16 = undoUtf16(bytes);
    if (utf16 !== undefined) unfold(work, sheet, utf16.as, utf16.bytes);
  }
  unfoldRuns(work, sheet, seen);
  if (seen.gzip) decompressFrom(work, sheet, 'gzip', GZIP);
  if (seen.zlib) for (const magic of ZLIB) decompressFrom(work, sheet, 'deflate', magic);
  // Raw deflate has no magic: try it only on what is certainly not text.
  const isText = !seen.binary && (seen.ascii || isUtf8(bytes));
  if (!isText && mayBeRawDeflate(bytes)) decompress(work, sheet, 'deflate-raw', 0);
}

/** Adds what stands in the sheet to `hits`, and what can be unfolded in it to the work. */
function read(work: Work, sheet: Sheet, hits: ImageHits): void {
  const { bytes } = sheet;
  if (sheet.depth >= DEPTH) return findPlain(bytes, hits);
  const seen = survey(bytes);
  const { plain, packed } = seen;
  // By index, here and below: an iterator over lists of several kinds costs an object a step.
  for (let index = 0; index < plain.length; index++) readPlain(bytes, plain[index]!, hits);
  if (seen.images || seen.zeros) findEncoded(bytes, seen, hits);
  for (let index = 0; index < packed.length; index++) readPacked(bytes, packed[index]!, hits);
  unfoldAll(work, sheet, seen);
}

function asBuffer(bytes: Uint8Array | string): Buffer {
  if (typeof bytes === 'string') return Buffer.from(bytes);
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const NO_HITS: readonly CanaryHit[] = Object.freeze([]);

/** The canaries of one examination, each once. */
class Found {
  readonly hits: CanaryHit[];
  /** Once there are many; nearly always there is one, which needs no index. */
  #known: Set<string> | undefined = undefined;

  constructor(first: CanaryHit) {
    this.hits = [first];
  }

  has(canary: string): boolean {
    const { hits } = this;
    if (hits.length >= MANY) {
      return (this.#known ??= new Set(hits.map((hit) => hit.canary))).has(canary);
    }
    for (let index = 0; index < hits.length; index++) {
      if (hits[index]!.canary === canary) return true;
    }
    return false;
  }

  add(hit: CanaryHit): void {
    this.hits.push(hit);
    this.#known?.add(hit.canary);
  }
}

/**
 * The bytes as they are and all that they unfold to, for whoever looks for something else than a
 * canary. `as` is `plain`, or the encodings from the outside in. Bounded like a scan.
 */
export function layersOf(
  input: Uint8Array | string,
  workBytes = 16 * 1024 * 1024,
): readonly { readonly bytes: Buffer; readonly as: string }[] {
  const bytes = asBuffer(input);
  const sheets: Sheet[] = [{ bytes, path: '', depth: 0, at: 0, within: undefined }];
  const work: Work = {
    sheets,
    known: undefined,
    unfolded: undefined,
    left: workBytes,
    truncated: false,
  };
  for (let index = 0; index < sheets.length; index++) read(work, sheets[index]!, new ImageHits());
  return sheets.map((sheet) => ({
    bytes: sheet.bytes,
    as: sheet.path === '' ? 'plain' : sheet.path,
  }));
}

/**
 * One scanner serves every tap. What it finds depends on the bytes alone: it only remembers which
 * short runs hold nothing, for field names and tokens look like base64 and come again and again.
 * Work is bounded by the limits and never throws for any bytes.
 */
export function createScanner(limits: Partial<ScannerLimits> = {}): Scanner {
  const inputBytes = limits.inputBytes ?? 4 * 1024 * 1024;
  const workBytes = limits.workBytes ?? 16 * 1024 * 1024;
  const known = new EmptyRuns();

  const examine = (input: Uint8Array | string): Examination => {
    const all = asBuffer(input);
    const bytes = all.length > inputBytes ? all.subarray(0, inputBytes) : all;
    const first: Sheet = { bytes, path: '', depth: 0, at: 0, within: undefined };
    const work: Work = {
      sheets: [first],
      known,
      unfolded: undefined,
      left: workBytes,
      truncated: bytes !== all,
    };
    let found: Found | undefined;
    let firstAt = 0;
    // Sheets are read in order of depth, so the simplest encoding of a canary comes first.
    for (let index = 0; index < work.sheets.length; index++) {
      const sheet = work.sheets[index]!;
      const hits = new ImageHits();
      read(work, sheet, hits);
      if (hits.list === undefined) continue;
      for (let at = sheet.within; at !== undefined; at = at.outer) at.empty = false;
      for (const { canary, as, at } of hits.list) {
        if (found?.has(canary) === true) continue;
        const path = as === 'plain' && sheet.path !== '' ? sheet.path : inside(sheet, as);
        const hit = { canary, as: path };
        if (found === undefined) {
          found = new Found(hit);
          firstAt = sheet.depth === 0 ? at : sheet.at;
        } else {
          found.add(hit);
        }
      }
    }
    if (work.unfolded !== undefined && !work.truncated) {
      for (const run of work.unfolded) if (run.empty) known.add(run, run.depth);
    }
    return { hits: found?.hits ?? NO_HITS, firstAt, truncated: work.truncated };
  };

  return { examine, scan: (bytes) => examine(bytes).hits };
}
