/**
 * Seeded, forkable randomness (sfc32). Each part of a world draws from its own fork, named by a
 * label, so that one part drawing more does not shift what another part sees.
 */
export interface Random {
  /** A float in [0, 1) with 32 bits. */
  float(): number;
  /** An integer in [min, max], both included. */
  int(min: number, max: number): number;
  /** True with the given probability (0…1). */
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T;
  bytes(length: number): Uint8Array;
  /** An independent stream; the same label from the same parent gives the same stream. */
  fork(label: string): Random;
}

export function createRandom(seed: number | string): Random {
  return new SeededRandom(undefined, `seed:${seed}`);
}

/** Of a word of 32 bits. */
const WORDS = 4_294_967_296;
const WARM_UP_STEPS = 15;
const FNV_PRIME = 0x01000193;
const SLASH = 0x2f;

/**
 * One object with eight numbers: each of a hundred thousand phones has one. Its label, such as
 * `seed:1/carrier/northtel/rcs`, is hashed by FNV-1a in four lanes; a fork goes on from there.
 */
class SeededRandom implements Random {
  readonly #labelA: number;
  readonly #labelB: number;
  readonly #labelC: number;
  readonly #labelD: number;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(parent: SeededRandom | undefined, label: string) {
    let a = 0x811c9dc5 | 0;
    let b = FNV_PRIME;
    let c = 0x9e3779b9 | 0;
    let d = 0x85ebca6b | 0;
    if (parent !== undefined) {
      a = parent.#labelA;
      b = parent.#labelB;
      c = parent.#labelC;
      d = parent.#labelD;
    }
    for (let index = parent === undefined ? 0 : -1; index < label.length; index++) {
      const code = index < 0 ? SLASH : label.charCodeAt(index);
      a = Math.imul(a ^ code, FNV_PRIME);
      b = Math.imul(b ^ (code + 131), FNV_PRIME);
      c = Math.imul(c ^ (code + 262), FNV_PRIME);
      d = Math.imul(d ^ (code + 393), FNV_PRIME);
    }
    this.#labelA = a;
    this.#labelB = b;
    this.#labelC = c;
    this.#labelD = d;
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
    for (let step = 0; step < WARM_UP_STEPS; step++) this.float();
  }

  /** 32 bits. */
  #next(): number {
    const b = this.#b;
    const c = this.#c;
    const t = (((this.#a + b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = b ^ (b >>> 9);
    this.#b = (c + (c << 3)) | 0;
    this.#c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  float(): number {
    return this.#next() / WORDS;
  }

  int(min: number, max: number): number {
    return min + Math.floor((this.#next() / WORDS) * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.#next() / WORDS < probability;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('pick from an empty list');
    return items[Math.floor((this.#next() / WORDS) * items.length)]!;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let index = 0; index < length; index += 4) {
      const word = this.#next();
      for (let byte = 0; byte < 4 && index + byte < length; byte++) {
        out[index + byte] = (word >>> (8 * byte)) & 0xff;
      }
    }
    return out;
  }

  fork(label: string): Random {
    return new SeededRandom(this, label);
  }
}
