import type { Random } from './random.ts';

/** Identifiers that a world hands out: unique in a cell, the same for the same seed. */
export interface Ids {
  /** A version-4 shaped UUID (RFC 9562 §5.4) from seeded bytes. */
  uuid(): string;
  /** `prefix` followed by a counter of its own, from 1. */
  next(prefix: string): string;
  /** Random lower-case hex digits. */
  hex(bytes: number): string;
}

export function createIds(random: Random): Ids {
  const counters = new Map<string, number>();
  const hex = (bytes: number): string => Buffer.from(random.bytes(bytes)).toString('hex');
  return {
    uuid: () => {
      const bytes = random.bytes(16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const all = Buffer.from(bytes.buffer).toString('hex');
      const [first, second] = [all.slice(0, 8), all.slice(8, 12)];
      return `${first}-${second}-${all.slice(12, 16)}-${all.slice(16, 20)}-${all.slice(20)}`;
    },
    next: (prefix) => {
      const count = (counters.get(prefix) ?? 0) + 1;
      counters.set(prefix, count);
      return `${prefix}${count}`;
    },
    hex,
  };
}
