import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIds } from '../../simulators/kernel/ids.ts';
import type { Random } from '../../simulators/kernel/random.ts';
import { createRandom } from '../../simulators/kernel/random.ts';

const draw = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.float());

describe('randomness', () => {
  it('is the same for the same seed and label, on every machine', () => {
    // Pinned: a change here changes every recorded run.
    const phone = createRandom(7).fork('person/ana/device/1');
    expect([phone.int(0, 999_999), phone.int(0, 999_999)]).toEqual([87_262, 959_772]);
    expect(Buffer.from(phone.bytes(6)).toString('hex')).toBe('0e5ea2942347');
    expect(phone.float()).toBe(0.3881656723096967);
    const deeper = createRandom('ü').fork('a').fork('b');
    expect([deeper.int(0, 999_999), deeper.chance(0.5), deeper.pick(['x', 'y', 'z'])]).toEqual([
      606_678,
      false,
      'x',
    ]);
    expect(createRandom(42).int(0, 0xffff_ffff)).toBe(createRandom(42).int(0, 0xffff_ffff));
    expect(draw(createRandom(42), 5)).toEqual(draw(createRandom(42), 5));
    expect(draw(createRandom(42), 5)).not.toEqual(draw(createRandom(43), 5));
    expect(createRandom('42').float()).toBe(createRandom(42).float());
  });

  it('gives a fork its own stream: drawing from one moves no other, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.nat(20),
        fc.boolean(),
        (parentDraws, siblingDraws, siblingFirst) => {
          const quiet = draw(createRandom(7).fork('carrier/northtel'), 8);
          const parent = createRandom(7);
          draw(parent, parentDraws);
          const sibling = siblingFirst ? parent.fork('gateway/rbm') : undefined;
          const fork = parent.fork('carrier/northtel');
          draw(sibling ?? parent.fork('gateway/rbm'), siblingDraws);
          expect(draw(fork, 8)).toEqual(quiet);
        },
      ),
    );
  });

  it('gives different labels and depths different streams', () => {
    const root = createRandom(1);
    const labels = Array.from({ length: 2_000 }, (_, index) => `person/${index}`);
    const first = labels.map((label) => root.fork(label).float());
    expect(new Set(first).size).toBe(labels.length);
    expect(root.fork('a').fork('b').float()).not.toBe(root.fork('b').fork('a').float());
    expect(root.fork('a').float()).not.toBe(root.float());
  });

  it('keeps integers inside their bounds and reaches both', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.nat(50),
        (seed, min, span) => {
          const random = createRandom(seed);
          for (let time = 0; time < 50; time++) {
            const value = random.int(min, min + span);
            expect(Number.isInteger(value)).toBe(true);
            expect(value).toBeGreaterThanOrEqual(min);
            expect(value).toBeLessThanOrEqual(min + span);
          }
        },
      ),
    );
    const random = createRandom(3);
    const seen = new Set(Array.from({ length: 200 }, () => random.int(1, 3)));
    expect(seen).toEqual(new Set([1, 2, 3]));
  });

  it('is even enough: a tenth falls into each tenth', () => {
    const random = createRandom(5);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let time = 0; time < 10_000; time++) {
      const tenth = Math.floor(random.float() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('never and always mean never and always', () => {
    const random = createRandom(9);
    for (let time = 0; time < 200; time++) {
      expect(random.chance(0)).toBe(false);
      expect(random.chance(1)).toBe(true);
    }
  });

  it('gives bytes of every length, also those no multiple of four', () => {
    const bytes = createRandom(11).bytes(7);
    expect(bytes).toHaveLength(7);
    expect([...createRandom(11).bytes(8)].slice(0, 7)).toEqual([...bytes]);
    expect(createRandom(11).bytes(0)).toHaveLength(0);
  });

  it('refuses to pick from nothing', () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
  });
});

describe('ids', () => {
  it('are version-4 UUIDs, all different, the same again for the same seed', () => {
    const ids = createIds(createRandom(42));
    const uuids = Array.from({ length: 1_000 }, () => ids.uuid());
    expect(new Set(uuids).size).toBe(1_000);
    for (const uuid of uuids) {
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    const again = createIds(createRandom(42));
    expect(uuids.map(() => again.uuid())).toEqual(uuids);
  });

  it('count from one for each prefix', () => {
    const ids = createIds(createRandom(1));
    expect([ids.next('m-'), ids.next('m-'), ids.next('sms:'), ids.next('m-')]).toEqual([
      'm-1',
      'm-2',
      'sms:1',
      'm-3',
    ]);
    expect(ids.hex(6)).toMatch(/^[0-9a-f]{12}$/);
  });
});
