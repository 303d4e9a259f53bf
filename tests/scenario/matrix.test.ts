import { describe, expect, it } from 'vitest';
import { planOfText, problemOf, replaced } from './small-scenario.ts';

const matrix = (text: string): string => replaced('seed: 42', `seed: 42\nmatrix: ${text}`);

describe('the matrix', () => {
  const filled = (axis: string, device: string): string =>
    matrix(axis).replace(
      'device: android-16, carrier: northtel, devices',
      `device: "${device}", carrier: northtel, devices`,
    );

  it('fills every combination in, the last axis turning fastest', () => {
    const text = filled(
      '{ platform: [android-16, ios-26.5], e2ee: [on, off] }',
      '${platform}',
    ).replace('devices: 2', 'e2ee: "${e2ee}"');
    const cells = planOfText(text).cells;
    expect(cells.map(({ id }) => id)).toEqual([
      'suite/small [platform=android-16, e2ee=on] #42',
      'suite/small [platform=android-16, e2ee=off] #42',
      'suite/small [platform=ios-26.5, e2ee=on] #42',
      'suite/small [platform=ios-26.5, e2ee=off] #42',
    ]);
    const ana = cells.map(({ world }) => world.people[0]?.devices[0]);
    expect(ana.map((device) => [device?.profile, device?.e2ee])).toEqual([
      ['android-16', true],
      ['android-16', false],
      ['ios-26.5', true],
      ['ios-26.5', false],
    ]);
  });

  it('takes booleans for on and off', () => {
    const text = matrix('{ e2ee: [true, false] }').replace('devices: 2', 'e2ee: "${e2ee}"');
    expect(planOfText(text).cells.map(({ matrix: axes }) => axes)).toEqual([
      { e2ee: 'on' },
      { e2ee: 'off' },
    ]);
  });

  it.each<[what: string, text: string, code: string, underlined: string]>([
    [
      'an axis that is not there',
      filled('{ platform: [android-16] }', '${platfrom}'),
      'SCENARIO_UNKNOWN_AXIS',
      '"${platfrom}"',
    ],
    [
      'an inherited name',
      filled('{ platform: [android-16] }', '${constructor}'),
      'SCENARIO_UNKNOWN_AXIS',
      '"${constructor}"',
    ],
    [
      'an axis that nothing uses',
      matrix('{ platform: [a, b] }'),
      'SCENARIO_UNUSED_AXIS',
      'platform',
    ],
    [
      'no list',
      filled('{ platform: android-16 }', '${platform}'),
      'SCENARIO_INVALID_VALUE',
      'android-16',
    ],
    ['an empty list', filled('{ platform: [] }', '${platform}'), 'SCENARIO_INVALID_VALUE', '[]'],
    [
      'one value twice',
      filled('{ platform: [ios-26.5, ios-26.5] }', '${platform}'),
      'SCENARIO_MATRIX',
      'ios-26.5',
    ],
    [
      'one switch twice',
      matrix('{ e2ee: [on, true] }').replace('devices: 2', 'e2ee: "${e2ee}"'),
      'SCENARIO_MATRIX',
      'true',
    ],
    [
      'a wrong value of an axis',
      filled('{ platform: [android-16, android-61] }', '${platform}'),
      'SCENARIO_UNKNOWN_NAME',
      '"${platform}"',
    ],
  ])('refuses %s', (_what, text, code, underlined) => {
    const problem = problemOf(text);
    expect(problem.code).toBe(code);
    expect(problem.underlined).toBe(underlined);
  });

  it('cannot explode', () => {
    const digits = '[a, b, c, d, e, f, g, h, i, j]';
    const text = matrix(`{ v: ${digits}, w: ${digits}, x: ${digits}, y: ${digits}, z: ${digits} }`);
    expect(problemOf(text).code).toBe('SCENARIO_MATRIX');
  });
});
