/** A set of UUIDs (RFC 9562), kept as numbers: tens of thousands of strings are the collector's. */
export interface UuidSet {
  readonly size: number;
  /** True when it was not there before. In lower case, as its 36 characters. */
  add(uuid: string): boolean;
  has(uuid: string): boolean;
}

/** Words of 32 bits in a UUID. */
const WORDS = 4;
const FIRST_PLACES = 256;
/** Where the four words begin in the 36 characters, and where their second halves do. */
const HALVES: readonly (readonly [first: number, second: number])[] = [
  [0, 4],
  [9, 14],
  [19, 24],
  [28, 32],
];

/** Four hex digits. */
function half(uuid: string, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) {
    const code = uuid.charCodeAt(index);
    value = (value << 4) | (code < 0x3a ? code - 0x30 : code - 0x57);
  }
  return value;
}

export function createUuidSet(): UuidSet {
  /** Open addressing; a place is free where all its words are 0. */
  let table = new Int32Array(FIRST_PLACES * WORDS);
  let size = 0;
  /** The nil UUID would look like a free place. */
  let hasNil = false;
  const words = new Int32Array(WORDS);

  const isFree = (at: number): boolean =>
    (table[at]! | table[at + 1]! | table[at + 2]! | table[at + 3]!) === 0;

  /** Where the words at `from` of `of` are in the table, or else where they would be. */
  const placeOf = (of: Int32Array, from: number): number => {
    const mask = table.length / WORDS - 1;
    let sum = 0;
    for (let word = 0; word < WORDS; word++) {
      sum = Math.imul(sum ^ of[from + word]!, 0x9e37_79b1);
      sum ^= sum >>> 15;
    }
    for (let place = sum & mask; ; place = (place + 1) & mask) {
      const at = place * WORDS;
      if (isFree(at)) return at;
      let same = 0;
      while (same < WORDS && table[at + same] === of[from + same]) same++;
      if (same === WORDS) return at;
    }
  };

  const grow = (): void => {
    const before = table;
    table = new Int32Array(2 * before.length);
    for (let from = 0; from < before.length; from += WORDS) {
      const nothing = before.subarray(from, from + WORDS).every((word) => word === 0);
      if (!nothing) table.set(before.subarray(from, from + WORDS), placeOf(before, from));
    }
  };

  /** False for the nil UUID. */
  const read = (uuid: string): boolean => {
    let any = 0;
    for (let word = 0; word < WORDS; word++) {
      const [first, second] = HALVES[word]!;
      any |= words[word] = (half(uuid, first) << 16) | half(uuid, second);
    }
    return any !== 0;
  };

  return {
    get size() {
      return size;
    },
    has: (uuid) => (read(uuid) ? !isFree(placeOf(words, 0)) : hasNil),
    add: (uuid) => {
      if (!read(uuid)) {
        if (hasNil) return false;
        hasNil = true;
        size++;
        return true;
      }
      const at = placeOf(words, 0);
      if (!isFree(at)) return false;
      table.set(words, at);
      size++;
      if (size * WORDS * 2 > table.length) grow();
      return true;
    },
  };
}
