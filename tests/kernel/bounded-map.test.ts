import { describe, expect, test } from 'vitest';
import { createBoundedMap } from '../../simulators/kernel/bounded-map.ts';

describe('a bounded map', () => {
  test('knows its last entries, and not many more', () => {
    const map = createBoundedMap<number>(10);
    for (let n = 0; n < 100; n++) map.set(`m-${n}`, n);
    const known = Array.from({ length: 100 }, (_, n) => map.get(`m-${n}`)).filter(
      (value) => value !== undefined,
    );
    expect(known.slice(-10)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
    expect(known.length).toBeLessThanOrEqual(20);
  });

  test('keeps what is asked for', () => {
    const map = createBoundedMap<number>(10);
    map.set('kept', -1);
    for (let n = 0; n < 100; n++) {
      map.set(`m-${n}`, n);
      expect(map.get('kept')).toBe(-1);
    }
  });

  test('says whether what is deleted was there, and has it no more, new or old', () => {
    const map = createBoundedMap<number>(10);
    map.set('both', 1);
    for (let n = 0; n < 10; n++) map.set(`m-${n}`, n);
    map.set('both', 2);
    expect([map.delete('both'), map.delete('both'), map.get('both')]).toEqual([
      true,
      false,
      undefined,
    ]);
    map.set('new', 3);
    expect([map.delete('new'), map.get('new')]).toEqual([true, undefined]);
    expect([map.delete('m-5'), map.delete('m-5')]).toEqual([true, false]);
  });
});
