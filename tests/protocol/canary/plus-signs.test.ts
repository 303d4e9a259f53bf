import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createCanary } from '../../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../../simulators/protocol/canary/scanner.ts';

const scanner = createScanner();

describe('a canary in a form whose numbers have encoded plus signs', () => {
  test.each([1, 2])('is found in a short run of base64 that has %i of its own', (count) => {
    const random = createRandom(7);
    for (let tries = 0; tries < 20_000; tries++) {
      const canary = createCanary(random);
      const base64 = deflateRawSync(canary).toString('base64').replace(/=+$/, '');
      const pieces = base64.split('+');
      if (pieces.length !== count + 1 || pieces.some(({ length }) => length > 10)) continue;
      const form = `To=%2B4479&Body=:${pieces.join('%2B')}&From=%2B4480`;
      const as = 'percent>base64>deflate-raw';
      expect([form, ...scanner.scan(form)]).toEqual([form, { canary, as }]);
      return;
    }
    throw new Error('no canary has as many');
  });
});
