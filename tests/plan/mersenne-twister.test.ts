import { faker } from '@faker-js/faker/locale/en';
import { expect, it } from 'vitest';
import { createMersenneTwister } from '../../harness/plan/mersenne-twister.ts';

it('draws number for number what faker draws by itself, past the first round of its state', () => {
  const twister = createMersenneTwister();
  for (const seed of [0, 1, 481_159, 0x7fff_ffff]) {
    faker.seed(seed);
    twister.seed(seed);
    for (let drawn = 0; drawn < 700; drawn++) {
      const expected = faker.number.float();
      expect(twister.next()).toBe(expected);
    }
  }
});
