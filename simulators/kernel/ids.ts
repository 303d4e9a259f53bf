import type { Random } from './random.ts';

/** Identifiers that a world hands out: unique in a cell, the same for the same seed. */
export interface Ids {
  /** A version-4 shaped UUID (RFC 9562 §5.4) from seeded bytes. */
  uuid(): string;
  /** `prefix` followed by a counter of its own, from 1 or from what `startAfter` says. */
  next(prefix: string): string;
  /** Random lower-case hex digits. */
  hex(bytes: number): string;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Of any version (RFC 9562 §4). */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

const DIGITS = Buffer.from('0123456789abcdef');
/** Where the 16 bytes of a UUID stand in its 36 characters. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

/** `startAfter`: numbers up to here were given before, to somebody who remembers them. */
export function createIds(random: Random, startAfter = 0): Ids {
  const counters = new Map<string, { count: number }>();
  const uuid = Buffer.from('00000000-0000-0000-0000-000000000000');
  /** Room for the digits of the longest that was asked for. */
  let digits = Buffer.alloc(64);
  return {
    uuid: () => {
      const bytes = random.bytes(16);
      bytes[6] = (bytes[6]! & 0x0f) | 0x40;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      for (let index = 0; index < 16; index++) {
        const place = PLACES[index]!;
        uuid[place] = DIGITS[bytes[index]! >> 4]!;
        uuid[place + 1] = DIGITS[bytes[index]! & 15]!;
      }
      return uuid.toString('latin1');
    },
    next: (prefix) => {
      let counter = counters.get(prefix);
      if (counter === undefined) counters.set(prefix, (counter = { count: startAfter }));
      counter.count++;
      return `${prefix}${counter.count}`;
    },
    hex: (count) => {
      const bytes = random.bytes(count);
      if (digits.length < 2 * count) digits = Buffer.alloc(2 * count);
      for (let index = 0; index < count; index++) {
        digits[2 * index] = DIGITS[bytes[index]! >> 4]!;
        digits[2 * index + 1] = DIGITS[bytes[index]! & 15]!;
      }
      return digits.toString('latin1', 0, 2 * count);
    },
  };
}
