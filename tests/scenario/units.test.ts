import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  atLeastShare,
  countComparison,
  duration,
  durationComparison,
  durationRange,
  onOff,
  parseDuration,
  positiveDuration,
  rate,
  rateOrZero,
  share,
  window,
} from '../../harness/scenario/units.ts';

const read = (type: z.ZodType, text: unknown): unknown => {
  const result = type.safeParse(text);
  return result.success ? result.data : result.error.issues[0]?.message;
};
const takes = (type: z.ZodType, text: unknown): boolean => type.safeParse(text).success;

describe('durations', () => {
  it.each([
    ['250ms', 250_000],
    ['0s', 0],
    ['1s', 1_000_000],
    ['1.5s', 1_500_000],
    ['5m', 300_000_000],
    ['2h', 7_200_000_000],
    ['7d', 604_800_000_000],
  ])('%s is %d µs', (text, micros) => {
    expect(read(duration, text)).toBe(micros);
  });

  it.each(['5', '5 s', 's', '-5s', '5sec', '1e3s', '5S', '', '1.s', '5m30s', 'Infinitys'])(
    'refuses %j, naming what it wants',
    (text) => {
      expect(read(duration, text)).toMatch(
        /a duration with its unit, such as 250ms, 30s, 5m or 2h/,
      );
    },
  );

  it('refuses numbers: a unit is never guessed', () => {
    expect(takes(duration, 30)).toBe(false);
  });

  it('are whole microseconds, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 365 }),
        fc.integer({ min: 0, max: 999 }),
        fc.constantFrom('ms', 's', 'm', 'h', 'd'),
        (whole, fraction, unit) => {
          expect(Number.isInteger(parseDuration(`${whole}.${fraction}${unit}`))).toBe(true);
        },
      ),
    );
  });

  it('are of at most 366 days: nobody waits for the end of more', () => {
    expect(parseDuration('366d')).toBe(366 * 86_400_000_000);
    expect(parseDuration('366.1d')).toBeUndefined();
    expect(takes(positiveDuration, '999999999h')).toBe(false);
  });

  it('must be longer than zero where something takes time', () => {
    expect(takes(positiveDuration, '0s')).toBe(false);
    expect(takes(positiveDuration, '0.0001ms')).toBe(false);
    expect(read(positiveDuration, '1ms')).toBe(1_000);
  });
});

describe('rates', () => {
  it.each([
    ['20/s', 20],
    ['6/m', 0.1],
    ['36/h', 0.01],
    ['0.5/s', 0.5],
  ])('%s is %d a second', (text, perSecond) => {
    expect(read(rate, text)).toBeCloseTo(perSecond, 12);
  });

  it.each(['20', '20/min', '20 / s', '/s', '20/d', '0/s', 20])('refuses %j', (text) => {
    expect(read(rate, text)).toMatch(/a rate above zero with its unit, such as 20\/s/);
  });

  it('may be zero where a ramp begins', () => {
    expect(read(rateOrZero, '0/s')).toBe(0);
    expect(takes(rateOrZero, '0')).toBe(false);
  });
});

describe('shares', () => {
  it.each([
    ['70%', 0.7],
    ['0%', 0],
    ['100%', 1],
    ['99.9%', 0.999],
  ])('%s is %d', (text, ratio) => {
    expect(read(share, text)).toBeCloseTo(ratio, 12);
  });

  it.each(['101%', '-1%', '0.7', '70 %', '%', 0.7])('refuses %j', (text) => {
    expect(read(share, text)).toMatch(/between 0% and 100%/);
  });

  it('may be written as at least', () => {
    expect(read(atLeastShare, '>= 98%')).toBeCloseTo(0.98, 12);
    expect(read(atLeastShare, '98%')).toBeCloseTo(0.98, 12);
    expect(takes(atLeastShare, '<= 98%')).toBe(false);
    expect(takes(atLeastShare, '>= 198%')).toBe(false);
  });
});

describe('comparisons', () => {
  it.each(['<', '<=', '>', '>=', '=='])('take %s', (op) => {
    expect(read(countComparison, `${op} 5`)).toEqual({ op, value: 5 });
    expect(read(durationComparison, `${op}5s`)).toEqual({ op, value: 5_000_000 });
  });

  it('take counts where things are counted, and no times', () => {
    expect(read(countComparison, '>= 5s')).toMatch(/a quoted comparison with a whole number/);
    expect(takes(countComparison, '>= 1.5')).toBe(false);
    expect(takes(countComparison, '>= 50%')).toBe(false);
  });

  it('take times where time is measured: 500 of nothing is refused', () => {
    expect(read(durationComparison, '< 500')).toMatch(/a duration and its unit/);
    expect(takes(durationComparison, '< 5%')).toBe(false);
  });

  it.each(['5', '= 5', '=> 5', '>=', '> = 5', '>= five', 5])('refuse %j', (text) => {
    expect(takes(countComparison, text)).toBe(false);
  });
});

describe('switches', () => {
  it.each([
    ['on', true],
    ['off', false],
    [true, true],
    [false, false],
  ])('%j is %j, so that YAML 1.1 tools change nothing', (written, value) => {
    expect(read(onOff, written)).toBe(value);
  });

  it.each(['yes', 'no', 'On', 'true', 1, 0, null])('refuse %j', (written) => {
    expect(read(onOff, written)).toBe('expected on or off');
  });
});

describe('windows and ranges', () => {
  it('are from..until', () => {
    expect(read(window, '60s..3m')).toEqual({ startMicros: 60_000_000, endMicros: 180_000_000 });
    expect(read(durationRange, '1s..4s')).toEqual([1_000_000, 4_000_000]);
    expect(read(durationRange, '2s')).toEqual([2_000_000, 2_000_000]);
    expect(read(durationRange, '2s..2s')).toEqual([2_000_000, 2_000_000]);
  });

  it.each(['3m..60s', '60s..60s', '60s', '60..180s', '60s...3m', '0s..1m..2m', '..3m', '1s..'])(
    'a window refuses %j',
    (text) => {
      expect(read(window, text)).toMatch(/with the later time second, such as 60s\.\.3m/);
    },
  );

  it.each(['4s..1s', '1s..2s..3s', '1..2s', 'fast'])('a range refuses %j', (text) => {
    expect(read(durationRange, text)).toMatch(/a duration such as 2s, or a range/);
  });
});
