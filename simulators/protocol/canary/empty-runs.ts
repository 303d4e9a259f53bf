/**
 * Which short runs hold nothing however they are unfolded: field names, identifiers and tokens look
 * like base64 and come again and again. Runs are told apart where they stand in the bytes, for to
 * make a string of each costs more than all else that is done about it.
 */

/** So many bytes from `start` on, at least a dozen, with their hash. */
export interface Stretch {
  readonly bytes: Buffer;
  readonly start: number;
  readonly length: number;
  readonly hash: number;
}

/** Where a run is kept, by its hash: a power of two. */
const SLOTS = 4_096;

/** Of a few bytes at both ends and in the middle: where runs differ, they mostly differ there. */
const SAMPLED = 4;

/** In 32 bits. Runs with one hash are compared, so it need not be good. */
export function hashOf(bytes: Buffer, start: number, end: number): number {
  const middle = (start + end) >> 1;
  let hash = end - start;
  for (let index = 0; index < SAMPLED; index++) {
    hash = Math.imul(hash ^ bytes[start + index]!, 0x01000193);
    hash = Math.imul(hash ^ bytes[middle + index]!, 0x01000193);
    hash = Math.imul(hash ^ bytes[end - SAMPLED + index]!, 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

/** Are both of the same bytes? */
export function isSameStretch(one: Stretch, other: Stretch): boolean {
  if (one.hash !== other.hash || one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (one.bytes[one.start + index] !== other.bytes[other.start + index]) return false;
  }
  return true;
}

interface EmptyRun {
  readonly text: string;
  /** With fewer layers left to undo than there were here, it holds nothing all the more. */
  readonly depth: number;
}

/** Bounded: a run takes the place of another with its hash. */
export class EmptyRuns {
  readonly #slots: (EmptyRun | undefined)[] = Array.from({ length: SLOTS });

  /** Is it known that nothing is found in this run when it stands so deep? */
  has({ bytes, start, length, hash }: Stretch, depth: number): boolean {
    const known = this.#slots[hash & (SLOTS - 1)];
    if (known === undefined || known.depth > depth || known.text.length !== length) return false;
    for (let index = 0; index < length; index++) {
      if (known.text.charCodeAt(index) !== bytes[start + index]) return false;
    }
    return true;
  }

  add(run: Stretch, depth: number): void {
    if (this.has(run, depth)) return;
    const { bytes, start, length, hash } = run;
    const text = bytes.toString('latin1', start, start + length);
    this.#slots[hash & (SLOTS - 1)] = { text, depth };
  }
}
