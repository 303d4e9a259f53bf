import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalCount, arrivalsOf, countBefore } from '../../harness/plan/arrivals.ts';
import type { Arrivals, TrafficPlan } from '../../simulators/kernel/plan.ts';

const trafficOf = (
  arrivals: Arrivals,
  startMicros: number,
  lengthMicros: number,
  repeat = 0,
): TrafficPlan => ({
  name: 'alerts',
  from: null,
  to: ['ana'],
  arrivals,
  startMicros,
  endMicros: startMicros + lengthMicros,
  repeat,
  message: { kind: 'chat', sensitivity: 'low', locale: 'en', length: null },
  resubmit: 0,
});

const perSecond = fc.double({ min: 0.001, max: 500, noNaN: true });
const start = fc.nat(600_000_000);
const length = fc.integer({ min: 1_000, max: 20_000_000 });
const traffic = fc.oneof(
  fc
    .tuple(perSecond, start, length)
    .map(([rate, from, span]) => trafficOf({ kind: 'rate', perSecond: rate }, from, span)),
  fc
    .tuple(fc.option(perSecond, { nil: 0 }), fc.option(perSecond, { nil: 0 }), start, length)
    .map(([low, high, from, span]) =>
      trafficOf({ kind: 'ramp', fromPerSecond: low, toPerSecond: high }, from, span),
    ),
  fc
    .tuple(fc.integer({ min: 500, max: 5_000_000 }), start, length, fc.nat(30))
    .map(([periodMicros, from, span, repeat]) =>
      trafficOf({ kind: 'every', periodMicros }, from, span, repeat),
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 50 }), start, length, fc.nat(20))
    .map(([count, from, span, repeat]) => trafficOf({ kind: 'burst', count }, from, span, repeat)),
  start.map((at) => trafficOf({ kind: 'once' }, at, 0)),
);

describe('arrivals', () => {
  it('are whole microseconds in order, inside the window', () => {
    fc.assert(
      fc.property(traffic, (plan) => {
        const arrivals = [...arrivalsOf(plan)];
        const last = plan.arrivals.kind === 'once' ? plan.startMicros : plan.endMicros - 1;
        const wrong = arrivals.filter(
          (at, index) =>
            !Number.isInteger(at) || at < (arrivals[index - 1] ?? plan.startMicros) || at > last,
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('are as many as the count says that never walks through them', () => {
    fc.assert(
      fc.property(traffic, (plan) => {
        expect([...arrivalsOf(plan)]).toHaveLength(arrivalCount(plan));
        expect(countBefore(plan, Number.POSITIVE_INFINITY)).toBe(arrivalCount(plan));
      }),
    );
  });

  it('count up to an instant, that instant not included', () => {
    fc.assert(
      fc.property(traffic, fc.nat(700_000_000), (plan, until) => {
        const expected = [...arrivalsOf(plan)].filter((at) => at < until).length;
        expect(countBefore(plan, until)).toBe(expected);
      }),
    );
  });

  it('at a rate are evenly spaced: never more than a microsecond off', () => {
    fc.assert(
      fc.property(perSecond, length, (rate, span) => {
        const arrivals = [...arrivalsOf(trafficOf({ kind: 'rate', perSecond: rate }, 0, span))];
        const off = arrivals.filter((at, index) => Math.abs(at - (index * 1e6) / rate) > 1);
        expect(off).toEqual([]);
      }),
    );
  });

  it('of a rising ramp come ever closer together', () => {
    const ramp = trafficOf({ kind: 'ramp', fromPerSecond: 1, toPerSecond: 50 }, 0, 10_000_000);
    const arrivals = [...arrivalsOf(ramp)];
    expect(arrivals).toHaveLength(255);
    const gaps = arrivals.slice(1).map((at, index) => at - arrivals[index]!);
    for (const [index, gap] of gaps.slice(1).entries()) {
      expect(gap).toBeLessThanOrEqual(gaps[index]! + 1);
    }
    const half = arrivals.filter((at) => at < 5_000_000).length;
    expect(half).toBe(67);
  });

  it.each<[what: string, plan: TrafficPlan, expected: number[]]>([
    [
      '20/s for 200 ms',
      trafficOf({ kind: 'rate', perSecond: 20 }, 1_000, 200_000),
      [1_000, 51_000, 101_000, 151_000],
    ],
    [
      'every 10 ms for 30 ms',
      trafficOf({ kind: 'every', periodMicros: 10_000 }, 0, 30_000),
      [0, 10_000, 20_000],
    ],
    [
      'every 10 ms, twice',
      trafficOf({ kind: 'every', periodMicros: 10_000 }, 0, 30_000, 2),
      [0, 10_000],
    ],
    ['a burst of three', trafficOf({ kind: 'burst', count: 3 }, 5, 30_000), [5, 5, 5]],
    [
      'two bursts of two',
      trafficOf({ kind: 'burst', count: 2 }, 0, 30_000, 2),
      [0, 0, 15_000, 15_000],
    ],
    ['one', trafficOf({ kind: 'once' }, 3_000_000, 0), [3_000_000]],
    [
      'less than one in the window is one',
      trafficOf({ kind: 'rate', perSecond: 0.001 }, 7, 1_000_000),
      [7],
    ],
  ])('%s', (_what, plan, expected) => {
    expect([...arrivalsOf(plan)]).toEqual(expected);
  });
});
