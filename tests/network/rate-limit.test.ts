import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../simulators/network/rate-limit.ts';

const SECOND = 1_000_000;

describe('a rate limit', () => {
  it('lets nothing pass at a rate of nothing', () => {
    expect(createRateLimit(0).take(5 * SECOND)).toBe(false);
  });

  it('lets one pass every half second at two a second', () => {
    const limit = createRateLimit(2);
    const at = [0, 1, 499_999, 500_000, 999_999, 1_000_000, 9_000_000, 9_000_001];
    expect(at.filter((now) => limit.take(now))).toEqual([0, 500_000, 1_000_000, 9_000_000]);
  });

  it('lets a tenth of a second’s worth pass at once after a pause, and no more', () => {
    const limit = createRateLimit(100);
    const burst = Array.from({ length: 50 }, () => limit.take(SECOND)).filter(Boolean);
    expect(burst).toHaveLength(10);
    expect(limit.take(SECOND + 9_999)).toBe(false);
    expect(limit.take(SECOND + 10_000)).toBe(true);
  });

  it('passes at most its rate and one burst, whenever it is asked', () => {
    const asked = fc.array(fc.nat(200_000), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), asked, (perSecond, gaps) => {
        const limit = createRateLimit(perSecond);
        let now = 0;
        let passed = 0;
        for (const gap of gaps) {
          now += gap;
          if (limit.take(now)) passed++;
        }
        const lastedSeconds = (now - gaps[0]!) / SECOND;
        expect(passed).toBeLessThanOrEqual(perSecond * lastedSeconds + perSecond / 10 + 1);
      }),
    );
  });
});
