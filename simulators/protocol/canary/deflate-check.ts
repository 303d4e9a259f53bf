/**
 * Tells in a microsecond or two whether bytes can be a raw deflate stream (RFC 1951), by decoding
 * its first symbols. Raw deflate has no magic, and starting zlib for each guess costs a hundred
 * times as much.
 */

/** Enough symbols that random bytes have made a mistake: each has a one in five chance of one. */
const SYMBOLS = 48;

interface Bits {
  readonly bytes: Uint8Array;
  place: number;
}

/** `count` bits, lowest first; -1 at the end. */
function take(bits: Bits, count: number): number {
  if (bits.place + count > bits.bytes.length * 8) return -1;
  let value = 0;
  for (let index = 0; index < count; index++, bits.place++) {
    value |= ((bits.bytes[bits.place >> 3]! >> (bits.place & 7)) & 1) << index;
  }
  return value;
}

/** Canonical Huffman code, RFC 1951 §3.2.2: symbols in order, and how many per code length. */
interface Code {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
  /** Codes not used; below 0 = impossible, above 0 = incomplete. */
  readonly unused: number;
}

function buildCode(lengths: readonly number[]): Code {
  const counts = Array.from({ length: 16 }, () => 0);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  let unused = 1;
  for (let length = 1; length < 16; length++) unused = unused * 2 - counts[length]!;
  const symbols: number[] = [];
  for (let length = 1; length < 16; length++) {
    lengths.forEach((own, symbol) => own === length && symbols.push(symbol));
  }
  return { counts, symbols, unused: unused / 2 ** 15 };
}

/** -1 at the end of the bytes, -2 for a code that does not exist. */
function decode(bits: Bits, code: Code): number {
  let value = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length < 16; length++) {
    const bit = take(bits, 1);
    if (bit === -1) return -1;
    value |= bit;
    const count = code.counts[length]!;
    if (value - count < first) return code.symbols[index + (value - first)] ?? -2;
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return -2;
}

const FIXED_LITERALS = buildCode(
  Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
);
const FIXED_DISTANCES = buildCode(Array.from({ length: 30 }, () => 5));
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function lengthExtraBits(symbol: number): number {
  return symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2;
}

function lengthBase(symbol: number): number {
  if (symbol < 265) return symbol - 254;
  if (symbol === 285) return 258;
  const extra = lengthExtraBits(symbol);
  return (((symbol - 265) & 3) << extra) + (1 << (extra + 2)) + 3;
}

/** The two codes of a dynamic block (§3.2.7), or undefined when its header is impossible. */
function dynamicCodes(bits: Bits): readonly [Code, Code] | undefined {
  const literals = take(bits, 5) + 257;
  const distances = take(bits, 5) + 1;
  const given = take(bits, 4) + 4;
  if (given < 4 || literals > 286 || distances > 30) return undefined;
  const own = CODE_LENGTH_ORDER.map(() => 0);
  /** In 128ths of all codes. */
  let unused = 128;
  for (let index = 0; index < given; index++) {
    const length = Math.max(0, take(bits, 3));
    own[CODE_LENGTH_ORDER[index]!] = length;
    if (length > 0) unused -= 128 >> length;
  }
  // Nearly all that is no stream ends here, with no code built yet.
  if (unused !== 0) return undefined;
  const code = buildCode(own);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = decode(bits, code);
    if (symbol < 0) return undefined;
    if (symbol < 16) {
      lengths.push(symbol);
      continue;
    }
    const last = lengths.at(-1);
    if (symbol === 16 && last === undefined) return undefined;
    const [width, least] = symbol === 16 ? [2, 3] : symbol === 17 ? [3, 3] : [7, 11];
    const times = take(bits, width) + least;
    if (times < least) return undefined;
    for (let round = 0; round < times; round++) lengths.push(symbol === 16 ? (last ?? 0) : 0);
  }
  if (lengths.length > literals + distances || lengths[256] === 0) return undefined;
  const [first, second] = [
    buildCode(lengths.slice(0, literals)),
    buildCode(lengths.slice(literals)),
  ];
  // A single distance code may be incomplete; all else must be complete.
  if (first.unused !== 0 || second.unused < 0) return undefined;
  return [first, second];
}

/** Can these bytes begin a raw deflate stream that gives at least a canary's length? */
export function mayBeRawDeflate(bytes: Uint8Array): boolean {
  const bits: Bits = { bytes, place: 0 };
  const last = take(bits, 1) === 1;
  const type = take(bits, 2);
  if (type === 0) {
    const stored = bytes.length < 5 ? 0 : bytes[1]! | (bytes[2]! << 8);
    const complement = bytes.length < 5 ? 0 : bytes[3]! | (bytes[4]! << 8);
    return (stored ^ complement) === 0xffff;
  }
  if (type !== 1 && type !== 2) return false;
  const codes = type === 1 ? ([FIXED_LITERALS, FIXED_DISTANCES] as const) : dynamicCodes(bits);
  if (codes === undefined) return false;
  let produced = 0;
  for (let count = 0; count < SYMBOLS; count++) {
    const symbol = decode(bits, codes[0]);
    // A stream may be cut, but not before it has given something.
    if (symbol === -1) return produced >= 12;
    if (symbol === 256) return produced >= 12 || !last;
    if (symbol < 0 || symbol > 285) return false;
    if (symbol < 256) {
      produced++;
      continue;
    }
    const length = lengthBase(symbol) + Math.max(0, take(bits, lengthExtraBits(symbol)));
    const distanceSymbol = decode(bits, codes[1]);
    if (distanceSymbol === -1) return produced >= 12;
    if (distanceSymbol < 0 || distanceSymbol > 29) return false;
    const extra = distanceSymbol < 4 ? 0 : (distanceSymbol >> 1) - 1;
    const base =
      distanceSymbol < 4 ? distanceSymbol + 1 : ((2 + (distanceSymbol & 1)) << extra) + 1;
    if (base + Math.max(0, take(bits, extra)) > produced) return false;
    produced += length;
  }
  return true;
}
