import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIsoDates } from '../../simulators/protocol/iso-dates.ts';

describe('dates of one second after another', () => {
  it('are those of toISOString, in any order', () => {
    const isoDate = createIsoDates();
    const nearby = fc.integer({ min: 1_767_225_599_000, max: 1_767_225_602_000 });
    fc.assert(
      fc.property(fc.oneof(nearby, fc.integer({ min: 0, max: 4_102_444_800_000 })), (millis) => {
        expect(isoDate(millis)).toBe(new Date(millis).toISOString());
      }),
    );
  });
});
