/** The part of DER (X.690) that certificates need: definite lengths, shortest forms. */
import { bytesOfHex, concatBytes } from '../crypto/bytes.ts';

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  if (length < 0x100) return Uint8Array.of(0x81, length);
  return Uint8Array.of(0x82, length >> 8, length & 0xff);
}

/** One value; its content is at most 65 535 octets. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...content);
  return concatBytes(Uint8Array.of(tag), lengthOctets(body.length), body);
}

/** An unsigned integer from its octets, big-endian (X.690 §8.3). */
function derInteger(value: Uint8Array): Uint8Array {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const shortest = value.subarray(start);
  const signed = ((shortest[0] ?? 0) & 0x80) !== 0;
  return der(TAG.integer, signed ? Uint8Array.of(0) : new Uint8Array(0), shortest);
}

function base128(arc: number): number[] {
  const out = [arc & 0x7f];
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) out.unshift((rest & 0x7f) | 0x80);
  return out;
}

/** `2.23.146.2.1.3` (X.690 §8.19). */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return der(
    TAG.objectIdentifier,
    Uint8Array.from([first * 40 + second, ...arcs].flatMap((arc) => base128(arc))),
  );
}

/** Whole seconds; UTCTime until 2049, as RFC 5280 §4.1.2.5 wants it. */
export function derTime(unixSeconds: number): Uint8Array {
  const iso = new Date(unixSeconds * 1000).toISOString();
  const digits = iso.slice(0, 19).replaceAll(/[-T:]/g, '');
  const short = Number(digits.slice(0, 4)) < 2050;
  const text = `${short ? digits.slice(2) : digits}Z`;
  return der(short ? TAG.utcTime : TAG.generalizedTime, Buffer.from(text, 'ascii'));
}

export const derBits = (octets: Uint8Array): Uint8Array =>
  der(TAG.bitString, Uint8Array.of(0), octets);

export const derUtf8 = (text: string): Uint8Array =>
  der(TAG.utf8String, new TextEncoder().encode(text));

/** Octets that are not the DER expected here. */
export class DerError extends Error {
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`${what} at octet ${offset}`);
    this.name = 'DerError';
    this.offset = offset;
  }
}

export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
  /** Of the tag, counted in the outermost octets. */
  readonly offset: number;
}

/** Reads the values of one level after another; throws `DerError`. */
export class DerReader {
  readonly #octets: Uint8Array;
  readonly #base: number;
  #at = 0;

  constructor(octets: Uint8Array, base = 0) {
    this.#octets = octets;
    this.#base = base;
  }

  get done(): boolean {
    return this.#at >= this.#octets.length;
  }

  next(tag?: number): DerValue {
    const start = this.#at;
    const octets = this.#octets;
    const fail = (what: string): never => {
      throw new DerError(what, this.#base + start);
    };
    const found = octets[start];
    const first = octets[start + 1];
    if (found === undefined || first === undefined) return fail('a value is missing');
    if (tag !== undefined && found !== tag) return fail(`tag ${found} where ${tag} belongs`);
    let length = first;
    let header = 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 2) return fail('a length that is not DER');
      length = 0;
      for (let index = 0; index < count; index++) {
        length = length * 256 + (octets[start + 2 + index] ?? 0);
      }
      header += count;
      if (length < 0x80 || (count === 2 && length < 0x100)) return fail('a length too long');
    }
    const end = start + header + length;
    if (end > octets.length) return fail('a value beyond its end');
    this.#at = end;
    const whole = octets.subarray(start, end);
    const offset = this.#base + start;
    return { tag: found, content: whole.subarray(header), whole, offset };
  }

  /** A value with this context tag, if it comes next. */
  optional(tag: number): DerValue | undefined {
    return this.#octets[this.#at] === tag ? this.next() : undefined;
  }

  inside(value: DerValue): DerReader {
    return new DerReader(value.content, value.offset + value.whole.length - value.content.length);
  }

  end(): void {
    if (!this.done) throw new DerError('more than belongs here', this.#base + this.#at);
  }
}

/** `oid` as `derOid` encodes it. */
export function sameOid({ whole }: DerValue, oid: Uint8Array): boolean {
  if (whole.length !== oid.length) return false;
  for (let index = 0; index < oid.length; index++) if (whole[index] !== oid[index]) return false;
  return true;
}

const TIME = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** Unix seconds of a UTCTime or GeneralizedTime. */
export function readTime(value: DerValue): number {
  const text = Buffer.from(value.content).toString('latin1');
  const [, year = '', ...rest] = TIME.exec(text) ?? [];
  if (year === '') throw new DerError('a time that is none', value.offset);
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = rest.map(Number);
  const whole = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900);
  return Date.UTC(whole, month - 1, day, hour, minute, second) / 1000;
}

/** AlgorithmIdentifiers of RFC 5758 §3.2 and RFC 5480 §2.1.1. */
export const ECDSA_WITH_SHA256 = der(TAG.sequence, derOid('1.2.840.10045.4.3.2'));
const P256_KEY = der(TAG.sequence, derOid('1.2.840.10045.2.1'), derOid('1.2.840.10045.3.1.7'));

/** SubjectPublicKeyInfo of an uncompressed P-256 point. */
export function derP256Key(point: Uint8Array): Uint8Array {
  return der(TAG.sequence, P256_KEY, derBits(point));
}

const POINT_BYTES = 65;

/** The point of such a SubjectPublicKeyInfo. */
export function readP256Key(value: DerValue): Uint8Array {
  const point = value.whole.subarray(-POINT_BYTES);
  if (Buffer.compare(value.whole, derP256Key(point)) !== 0 || point[0] !== 4) {
    throw new DerError('not an uncompressed P-256 key', value.offset);
  }
  return Uint8Array.from(point);
}

/** A SHA-256 digest or other octets in hex as DER would need them for a serial number. */
export function serialOf(hex: string): Uint8Array {
  return derInteger(bytesOfHex(hex));
}
