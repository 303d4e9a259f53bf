import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InOrder } from '../../simulators/kernel/in-order.ts';

class One {
  before: One | undefined = undefined;
  after: One | undefined = undefined;
}

describe('a list of those that are there', () => {
  test('holds the same, in the same order, as a Set', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 11 })), (moves) => {
        const all = Array.from({ length: 12 }, () => new One());
        const list = new InOrder<One>();
        const set = new Set<One>();
        for (const at of moves) {
          const one = all[at]!;
          expect(list.has(one)).toBe(set.has(one));
          if (set.has(one)) {
            expect(list.delete(one)).toBe(set.delete(one));
          } else {
            expect(list.delete(one)).toBe(false);
            list.add(one);
            set.add(one);
          }
          expect(list.size).toBe(set.size);
          expect([...list].map((each) => all.indexOf(each))).toEqual(
            [...set].map((each) => all.indexOf(each)),
          );
        }
        for (const one of all) {
          if (set.has(one)) continue;
          // What has left keeps nobody alive.
          expect([one.before, one.after]).toEqual([undefined, undefined]);
        }
      }),
    );
  });
});
