/**
 * MT19937 (Matsumoto, Nishimura 1998) with 53-bit floats: number for number what faker draws by
 * itself. Seeding anew is most of the cost of a short text, so state is made as far as it is drawn.
 */
import type { Randomizer } from '@faker-js/faker';

const SIZE = 624;
const SHIFT = 397;
const UPPER = 0x8000_0000;
const LOWER = 0x7fff_ffff;
const MATRIX = 0x9908_b0df;

/** Has to be seeded, by one number, before it is drawn from. */
export function createMersenneTwister(): Randomizer {
  const state = new Int32Array(SIZE);
  let index = 0;
  const draw = (): number => {
    const following = index + 1 === SIZE ? 0 : index + 1;
    const far = index + SHIFT < SIZE ? index + SHIFT : index + SHIFT - SIZE;
    const mixed = (state[index]! & UPPER) | (state[following]! & LOWER);
    let word = state[far]! ^ (mixed >>> 1) ^ ((mixed & 1) === 0 ? 0 : MATRIX);
    state[index] = word;
    index = following;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c_5680;
    word ^= (word << 15) & 0xefc6_0000;
    word ^= word >>> 18;
    return word >>> 0;
  };
  return {
    seed: (seed) => {
      if (typeof seed !== 'number') throw new TypeError('seeded by one number only');
      let last = seed | 0;
      state[0] = last;
      for (let at = 1; at < SIZE; at++) {
        last = (Math.imul(1_812_433_253, last ^ (last >>> 30)) + at) | 0;
        state[at] = last;
      }
      index = 0;
    },
    next: () => {
      const high = draw() >>> 5;
      const low = draw() >>> 6;
      return (high * 67_108_864 + low) * 1.110_223_024_625_156_5e-16;
    },
  };
}
