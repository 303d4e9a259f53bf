/**
 * The basic values of WSP (WAP-230-WSP-20010705-a §8.4.2), of which MMS headers are made: read with
 * the offset at which reading stopped, written in the shortest form.
 */

/** Where and why reading stopped; caught in `pdu.ts` and `wap-push.ts` and refused there. */
export class MmsError extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.name = 'MmsError';
    this.offset = offset;
  }
}

const LENGTH_QUOTE = 31;
const TEXT_QUOTE = 0x7f;
const STRING_QUOTE = 0x22;
/** MIBenum of UTF-8 (IANA character sets). */
export const UTF_8 = 106;
const US_ASCII = 3;
const ISO_8859_1 = 4;
/** Character sets that are read: MIBenum → how Node calls it. */
export const CHARSETS: ReadonlyMap<number, 'utf-8' | 'latin1'> = new Map([
  [UTF_8, 'utf-8'],
  [US_ASCII, 'utf-8'],
  [ISO_8859_1, 'latin1'],
]);
/** Five octets of seven bits would exceed 32 bits; no length of ours needs more than four. */
const MOST_UINTVAR_OCTETS = 5;
const MOST_LONG_OCTETS = 6;

/** A cursor over the octets of one PDU. `base`: where these octets stand in the whole. */
export class MmsReader {
  readonly #octets: Uint8Array;
  readonly #base: number;
  readonly #end: number;
  #at: number;

  constructor(octets: Uint8Array, base = 0) {
    this.#octets = octets;
    this.#base = base;
    this.#end = octets.length;
    this.#at = 0;
  }

  get offset(): number {
    return this.#base + this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  fail(reason: string, offset = this.offset): never {
    throw new MmsError(reason, offset);
  }

  /** The next octet without taking it. */
  peek(what: string): number {
    const octet = this.#octets[this.#at];
    return octet ?? this.fail(`${what} is missing: the octets end here`);
  }

  octet(what: string): number {
    const octet = this.peek(what);
    this.#at++;
    return octet;
  }

  take(length: number, what: string): Uint8Array {
    if (length > this.remaining) {
      this.fail(`${what} needs ${length} octets, ${this.remaining} are left`);
    }
    const start = this.#at;
    this.#at += length;
    return this.#octets.subarray(start, this.#at);
  }

  rest(): Uint8Array {
    return this.take(this.remaining, 'the rest');
  }

  /** A reader over the next `length` octets, which are taken. */
  within(length: number, what: string): MmsReader {
    const base = this.offset;
    return new MmsReader(this.take(length, what), base);
  }

  uintvar(what: string): number {
    const start = this.offset;
    let value = 0;
    for (let count = 0; count < MOST_UINTVAR_OCTETS; count++) {
      const octet = this.octet(what);
      value = value * 128 + (octet & 0x7f);
      if (octet < 0x80) return value > 0xffffffff ? this.fail(`${what} is beyond 32 bits`) : value;
    }
    return this.fail(`${what} has more than ${MOST_UINTVAR_OCTETS} octets`, start);
  }

  shortInteger(what: string): number {
    const start = this.offset;
    const octet = this.octet(what);
    if (octet < 0x80) this.fail(`${what} is no short integer`, start);
    return octet & 0x7f;
  }

  longInteger(what: string): number {
    const start = this.offset;
    const length = this.octet(what);
    if (length === 0 || length > MOST_LONG_OCTETS) {
      this.fail(`${what} has ${length} octets, 1 to ${MOST_LONG_OCTETS} are possible`, start);
    }
    return this.take(length, what).reduce((value, octet) => value * 256 + octet, 0);
  }

  integer(what: string): number {
    return this.peek(what) >= 0x80 ? this.shortInteger(what) : this.longInteger(what);
  }

  valueLength(what: string): number {
    const start = this.offset;
    const first = this.octet(what);
    if (first < LENGTH_QUOTE) return first;
    if (first !== LENGTH_QUOTE) this.fail(`${what} begins with no value length`, start);
    return this.uintvar(what);
  }

  /** Text up to its NUL; without the quote that stands before some. */
  text(what: string, charset: 'utf-8' | 'latin1' = 'utf-8'): string {
    const start = this.offset;
    if (this.peek(what) === TEXT_QUOTE) this.#at++;
    const end = this.#octets.indexOf(0, this.#at);
    if (end === -1) this.fail(`${what} has no end`, start);
    const octets = this.#octets.subarray(this.#at, end);
    this.#at = end + 1;
    return Buffer.from(octets).toString(charset);
  }

  quotedText(what: string): string {
    if (this.peek(what) === STRING_QUOTE) this.#at++;
    return this.text(what);
  }

  /** Encoded-string-value (OMA-TS-MMS_ENC §7.3.19): with or without a character set. */
  encodedText(what: string): string {
    if (this.peek(what) > LENGTH_QUOTE) return this.text(what);
    const start = this.offset;
    const inside = this.within(this.valueLength(what), what);
    const number = inside.integer(`the character set of ${what}`);
    const charset = CHARSETS.get(number);
    if (charset === undefined) this.fail(`${what} is in character set ${number}`, start);
    return inside.text(what, charset);
  }

  /** Any field value, whatever it means (WSP §8.4.1.2). */
  skipValue(what: string): void {
    const first = this.peek(what);
    if (first >= 0x80) this.#at++;
    else if (first <= LENGTH_QUOTE) this.take(this.valueLength(what), what);
    else this.text(what);
  }
}

export function uintvar(value: number): number[] {
  const octets = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift((rest & 0x7f) | 0x80);
  }
  return octets;
}

export function longInteger(value: number): number[] {
  const octets: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  if (octets.length === 0) octets.push(0);
  return [octets.length, ...octets];
}

export function integer(value: number): number[] {
  return value < 0x80 ? [value | 0x80] : longInteger(value);
}

export function valueLength(length: number): number[] {
  return length < LENGTH_QUOTE ? [length] : [LENGTH_QUOTE, ...uintvar(length)];
}

/** A text must not hold NUL: what follows one is cut off. */
export function text(value: string): number[] {
  const octets = [...Buffer.from(value.split('\0', 1)[0] ?? '', 'utf8')];
  return [...((octets[0] ?? 0) >= 0x80 ? [TEXT_QUOTE] : []), ...octets, 0];
}

export function quotedText(value: string): number[] {
  return [STRING_QUOTE, ...Buffer.from(value, 'utf8'), 0];
}

function isAscii(value: string): boolean {
  for (let at = 0; at < value.length; at++) if (value.charCodeAt(at) >= 0x80) return false;
  return true;
}

export function encodedText(value: string): number[] {
  if (isAscii(value)) return text(value);
  const inside = [...integer(UTF_8), ...text(value)];
  return [...valueLength(inside.length), ...inside];
}
