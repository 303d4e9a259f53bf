import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createUniqueWires } from '../../simulators/push/unique-wires.ts';
import { createUuidSet } from '../../simulators/push/uuid-set.ts';

const NIL = '00000000-0000-0000-0000-000000000000';
/** Nil but for a number, which ends before the given of its 32 digits. */
const uuidOf = (number: number, end = 32): string => {
  const digits = number.toString(16).padStart(end, '0').padEnd(32, '0').slice(0, 32);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

describe('a set of UUIDs', () => {
  test('holds the same as a Set of texts, wherever they differ', () => {
    const uuid = fc.oneof(
      fc.uuid(),
      fc.constant(NIL),
      fc
        .tuple(fc.nat({ max: 300 }), fc.integer({ min: 4, max: 32 }))
        .map(([number, end]) => uuidOf(number, end)),
    );
    fc.assert(
      fc.property(fc.array(uuid, { maxLength: 700 }), (all) => {
        const known = new Set<string>();
        const set = createUuidSet();
        for (const one of all) {
          expect(set.has(one)).toBe(known.has(one));
          expect(set.add(one)).toBe(!known.has(one));
          known.add(one);
          expect(set.size).toBe(known.size);
        }
        for (const one of known) expect(set.has(one)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('keeps many that count up', () => {
    const set = createUuidSet();
    for (let number = 0; number < 5_000; number++) set.add(uuidOf(number));
    expect(set.size).toBe(5_000);
    expect(set.has(uuidOf(4_999))).toBe(true);
    expect(set.has(uuidOf(5_000))).toBe(false);
  });
});

describe('the wires of pushes', () => {
  test('count an id that comes again, also into the next generation', () => {
    const wire = createUniqueWires('apns');
    const id = uuidOf(7, 4);
    expect([wire(id), wire(id)]).toEqual([`apns:${id}`, `apns:${id}#2`]);
    for (let number = 1; number < 25_000; number++) wire(uuidOf(number));
    expect([wire(id), wire(id)]).toEqual([`apns:${id}#3`, `apns:${id}#4`]);
  });

  test('forget an id that has not come for two generations', () => {
    const wire = createUniqueWires('apns');
    const id = uuidOf(7, 4);
    wire(id);
    for (let number = 1; number <= 50_000; number++) wire(uuidOf(number));
    expect(wire(id)).toBe(`apns:${id}`);
  });
});
