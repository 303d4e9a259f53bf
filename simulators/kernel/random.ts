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

/** FNV-1a in four lanes: a label becomes 128 bits of state. */
function hashLabel(label: string): [number, number, number, number] {
  const lanes: [number, number, number, number] = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b];
  for (let index = 0; index < label.length; index++) {
    const code = label.charCodeAt(index);
    for (let lane = 0; lane < 4; lane++) {
      lanes[lane] = Math.imul((lanes[lane] ?? 0) ^ (code + lane * 131), 0x01000193) >>> 0;
    }
  }
  return lanes;
}

export function createRandom(seed: number | string): Random {
  return fromLabel(`seed:${seed}`);
}

function fromLabel(label: string): Random {
  let [a, b, c, d] = hashLabel(label);
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let warmUp = 0; warmUp < 15; warmUp++) next();
  const random: Random = {
    float: () => next() / 4294967296,
    int: (min, max) => min + Math.floor((next() / 4294967296) * (max - min + 1)),
    chance: (probability) => next() / 4294967296 < probability,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('pick from an empty list');
      return items[Math.floor((next() / 4294967296) * items.length)]!;
    },
    bytes: (length) => {
      const out = new Uint8Array(length);
      for (let index = 0; index < length; index += 4) {
        const word = next();
        for (let byte = 0; byte < 4 && index + byte < length; byte++) {
          out[index + byte] = (word >>> (8 * byte)) & 0xff;
        }
      }
      return out;
    },
    fork: (child) => fromLabel(`${label}/${child}`),
  };
  return random;
}
