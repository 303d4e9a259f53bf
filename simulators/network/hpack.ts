/** HTTP/2's header compression (RFC 7541), as far as a server needs it. */
import { decodeHuffman } from './hpack-huffman.ts';

/** One header field. Fields of a table are the same object each time that they come. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** What the check of the decoder says of it: asked once, however often the field comes. */
  readonly sound: boolean;
}

/** RFC 7541, Appendix A; index 1 is the first. */
const STATIC_TEXTS: readonly (readonly [name: string, value: string])[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  [':status', '200'],
  [':status', '204'],
  [':status', '206'],
  [':status', '304'],
  [':status', '400'],
  [':status', '404'],
  [':status', '500'],
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...(
    'accept-language accept-ranges accept access-control-allow-origin age allow authorization ' +
    'cache-control content-disposition content-encoding content-language content-length ' +
    'content-location content-range content-type cookie date etag expect expires from host ' +
    'if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link ' +
    'location max-forwards proxy-authenticate proxy-authorization range referer refresh ' +
    'retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary ' +
    'via www-authenticate'
  )
    .split(' ')
    .map((name) => [name, ''] as const),
];
const STATIC_TABLE: readonly HeaderField[] = STATIC_TEXTS.map(([name, value]) => ({
  name,
  value,
  sound: true,
}));

/** SETTINGS_HEADER_TABLE_SIZE that we leave at its initial value. */
const TABLE_LIMIT_BYTES = 4_096;
const ENTRY_OVERHEAD_BYTES = 32;

/** A block that cannot be decoded: the connection's state is lost (COMPRESSION_ERROR). */
export class HpackError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HpackError';
  }
}

export interface HpackDecoder {
  /** Tells each field of a whole header block, in order. Throws HpackError. */
  decode(block: Buffer, to: FieldSink): void;
}

export interface FieldSink {
  field(field: HeaderField): void;
}

/** May a request have this field? */
export type FieldCheck = (name: string, value: string) => boolean;

/** Values of so many octets on the wire are looked at before they are decoded again. */
const LONG_VALUE_BYTES = 64;

/**
 * A long value that its sender keeps out of the table: credentials are (RFC 7541 §7.1.3), and they
 * come with every request.
 */
interface Repeated {
  readonly octets: Buffer;
  readonly packed: boolean;
  readonly field: HeaderField;
}

/** The decoder of one connection, with its dynamic table. */
export function createHpackDecoder(check: FieldCheck): HpackDecoder {
  /** Newest last. */
  let entries: HeaderField[] = [];
  /** The last long value of each name of the static table. */
  const repeated: (Repeated | undefined)[] = [];
  let sizeBytes = 0;
  let limitBytes = TABLE_LIMIT_BYTES;
  let scratch: Buffer = Buffer.alloc(512);
  let block: Buffer = scratch;
  let at = 0;

  const integer = (prefixBits: number): number => {
    const mask = (1 << prefixBits) - 1;
    let value = (block[at++] ?? 0) & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const octet = block[at++];
      if (octet === undefined) throw new HpackError('a number is cut');
      value += (octet & 127) * 2 ** shift;
      if (octet < 128) return value;
    }
    throw new HpackError('a number is too large');
  };

  /** The octets of a string: they begin at `at` and end before what is returned. */
  const endOfText = (): number => {
    const length = integer(7);
    if (at + length > block.length) throw new HpackError('a string is cut');
    return at + length;
  };

  const isPacked = (): boolean => ((block[at] ?? 0) & 128) !== 0;

  const decoded = (packed: boolean, start: number, end: number): string => {
    if (!packed) return block.toString('latin1', start, end);
    const length = end - start;
    if (scratch.length < length * 2) scratch = Buffer.alloc(length * 2);
    const made = decodeHuffman(block, start, end, scratch);
    if (made < 0) throw new HpackError('a string is no Huffman code');
    return scratch.toString('latin1', 0, made);
  };

  const text = (): string => {
    const packed = isPacked();
    const end = endOfText();
    const start = at;
    at = end;
    return decoded(packed, start, end);
  };

  const fieldOf = (name: string, value: string): HeaderField => ({
    name,
    value,
    sound: check(name, value),
  });

  /** A value that stays out of the table, of the name at a place of the static one. */
  const repeatedField = (place: number, name: string): HeaderField => {
    const packed = isPacked();
    const end = endOfText();
    const start = at;
    at = end;
    if (end - start < LONG_VALUE_BYTES) return fieldOf(name, decoded(packed, start, end));
    const before = repeated[place];
    if (before?.packed === packed && before.octets.compare(block, start, end) === 0) {
      return before.field;
    }
    const field = fieldOf(name, decoded(packed, start, end));
    repeated[place] = { octets: Buffer.from(block.subarray(start, end)), packed, field };
    return field;
  };

  const entryAt = (index: number): HeaderField => {
    const found =
      index <= STATIC_TABLE.length
        ? STATIC_TABLE[index - 1]
        : entries[entries.length - (index - STATIC_TABLE.length)];
    if (found === undefined) throw new HpackError(`there is no entry ${index}`);
    return found;
  };

  const sizeOf = ({ name, value }: HeaderField): number =>
    name.length + value.length + ENTRY_OVERHEAD_BYTES;

  const shrinkTo = (bytes: number): void => {
    let dropped = 0;
    while (sizeBytes > bytes) sizeBytes -= sizeOf(entries[dropped++]!);
    if (dropped > 0) entries = entries.slice(dropped);
  };

  const remember = (entry: HeaderField): void => {
    const bytes = sizeOf(entry);
    shrinkTo(Math.max(0, limitBytes - bytes));
    if (bytes > limitBytes) return;
    entries.push(entry);
    sizeBytes += bytes;
  };

  return {
    decode: (whole, to) => {
      block = whole;
      at = 0;
      while (at < block.length) {
        const first = block[at]!;
        if (first >= 128) {
          to.field(entryAt(integer(7)));
        } else if (first >= 32 && first < 64) {
          limitBytes = integer(5);
          if (limitBytes > TABLE_LIMIT_BYTES) throw new HpackError('the table is too large');
          shrinkTo(limitBytes);
        } else {
          const indexed = first >= 64;
          const index = integer(indexed ? 6 : 4);
          const name = index === 0 ? text() : entryAt(index).name;
          if (!indexed && index > 0 && index <= STATIC_TABLE.length) {
            to.field(repeatedField(index, name));
            continue;
          }
          const field = fieldOf(name, text());
          if (indexed) remember(field);
          to.field(field);
        }
      }
    },
  };
}

const STATUS_INDEX: ReadonlyMap<number, number> = new Map(
  [200, 204, 206, 304, 400, 404, 500].map((status, index) => [status, 8 + index]),
);
/** The first entry of each name that an answer may have. */
const NAME_INDEX: ReadonlyMap<string, number> = new Map(
  STATIC_TABLE.map(({ name }, index) => [name, index + 1] as const).toReversed(),
);

function encodeInteger(first: number, prefixBits: number, value: number): string {
  const mask = (1 << prefixBits) - 1;
  if (value < mask) return String.fromCharCode(first | value);
  let out = String.fromCharCode(first | mask);
  let rest = value - mask;
  for (; rest >= 128; rest >>>= 7) out += String.fromCharCode((rest & 127) | 128);
  return out + String.fromCharCode(rest);
}

/** One field without indexing and Huffman code, as latin1 text of its octets. */
export function encodeField(name: string, value: string): string {
  const index = NAME_INDEX.get(name);
  const head =
    index === undefined
      ? `\u0000${encodeInteger(0, 7, name.length)}${name}`
      : encodeInteger(0, 4, index);
  return head + encodeInteger(0, 7, value.length) + value;
}

export function encodeStatus(status: number): string {
  const index = STATUS_INDEX.get(status);
  return index === undefined
    ? encodeField(':status', `${status}`)
    : String.fromCharCode(128 | index);
}
