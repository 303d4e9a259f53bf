import { describe, expect, it } from 'vitest';
import {
  cellOfText,
  planOfText,
  problemOf,
  problemsOfText,
  replaced,
  SCENARIO,
} from './small-scenario.ts';

const fault = (text: string): string => replaced(', during: 60s..3m', `, ${text}`);
const traffic = (text: string): string => replaced('rate: 2/s\n    during: 0s..5m', text);
const matrix = (text: string): string => replaced('seed: 42', `seed: 42\nmatrix: ${text}`);
const expectation = (text: string): string => replaced('  - delivery', `  - ${text}\n  - delivery`);

describe('a good scenario', () => {
  it('has no problems', () => {
    expect(problemsOfText(SCENARIO)).toEqual([]);
  });
});

describe('each mistake is named with its place and the nearest valid word', () => {
  it.each<[what: string, text: string, code: string, underlined: string, says: RegExp]>([
    [
      'a wrong unit',
      replaced('10m', '10 minutes'),
      'SCENARIO_INVALID_VALUE',
      '10 minutes',
      /30s, 5m/,
    ],
    ['a duration without unit', replaced('10m', '600'), 'SCENARIO_INVALID_VALUE', '600', /unit/],
    ['a rate without unit', replaced('2/s', '2'), 'SCENARIO_INVALID_VALUE', '2', /20\/s/],
    ['a share beyond 100%', replaced('70%', '170%'), 'SCENARIO_INVALID_VALUE', '170%', /100%/],
    ['an unknown key', replaced('seed:', 'sead:'), 'SCENARIO_UNKNOWN_KEY', 'sead', /mean seed\?/],
    [
      'an unknown key, deep down',
      replaced('within:', 'withn:'),
      'SCENARIO_UNKNOWN_KEY',
      'withn',
      /mean within\?/,
    ],
    [
      'an unknown key that is near to nothing',
      replaced('devices: 2', 'quantity: 2'),
      'SCENARIO_UNKNOWN_KEY',
      'quantity',
      /Valid here: device, carrier, /,
    ],
    [
      'an unknown word',
      replaced(': high', ': hihg'),
      'SCENARIO_UNKNOWN_WORD',
      'hihg',
      /mean high\?/,
    ],
    [
      'neither on nor off',
      replaced('e2ee: on', 'e2ee: yes'),
      'SCENARIO_INVALID_VALUE',
      'yes',
      /on or off/,
    ],
    [
      'a missing key',
      replaced('duration: 10m\n', ''),
      'SCENARIO_MISSING',
      'bellwether: 1',
      /duration/,
    ],
    [
      'a map for a list',
      replaced('  - delivery', '  delivery'),
      'SCENARIO_INVALID_VALUE',
      '',
      /a list/,
    ],
    ['a list for a file', '- a', 'SCENARIO_INVALID_VALUE', '- a', /a map of keys/],
    [
      'another version',
      replaced('bellwether: 1', 'bellwether: 2'),
      'SCENARIO_UNKNOWN_WORD',
      '2',
      /Valid: 1/,
    ],
    [
      'a bad name',
      replaced('ana:', 'Ana Maria:'),
      'SCENARIO_INVALID_VALUE',
      'Ana Maria',
      /kebab-case/,
    ],
    ['an empty file', '', 'SCENARIO_YAML', '', /empty/],
  ])('%s', (_what, text, code, underlined, says) => {
    const problem = problemOf(text);
    expect(problem.code).toBe(code);
    if (underlined !== '') expect(problem.underlined).toBe(underlined);
    expect(`${problem.message} ${problem.hint}`).toMatch(says);
    expect(problem.place).toMatch(/^suite\/small\.yaml:\d+:\d+$/);
  });
});

describe('references', () => {
  it.each<[what: string, text: string, underlined: string, says: RegExp]>([
    [
      'a target',
      replaced('northtel/rcs', 'nothtel/rcs'),
      'carrier/nothtel/rcs',
      /mean carrier\/northtel\/rcs/,
    ],
    ['a fault', replaced('outage:', 'outtage:'), 'outtage', /mean outage\?/],
    ['a traffic', replaced('of: alerts', 'of: alert'), 'alert', /mean alerts\?/],
    ['a person', replaced('to: population', 'to: [anna]'), 'anna', /mean ana\?/],
    ['a device profile', replaced('android-14', 'android-41'), 'android-41', /mean android-14\?/],
    ['a carrier', replaced('northtel, devices', 'nrthtel, devices'), 'nrthtel', /mean northtel\?/],
    ['a carrier profile', replaced('sms: off', 'profile: standrd'), 'standrd', /mean standard\?/],
    ['a message kind', replaced('fraud-alert', 'fraud-alrt'), 'fraud-alrt', /mean fraud-alert\?/],
    ['a locale', replaced(': high', ': high, locale: ed'), 'ed', /Valid: en, de|mean de/],
    [
      'a rule',
      expectation('never: [e2ee/plaintxt-exposed]'),
      'e2ee/plaintxt-exposed',
      /mean e2ee\/plaintext-exposed/,
    ],
    ['a group of rules', expectation('never: ["e3ee/*"]'), '"e3ee/*"', /no rule called/],
    ['a policy', replaced('seed: 42', 'policy: gat'), 'gat', /mean gate\?/],
    [
      'a claim',
      replaced('seed: 42', 'requires: [channel/rcs-e2e]'),
      'channel/rcs-e2e',
      /mean channel\/rcs-e2ee/,
    ],
    ['a gateway', replaced('  people:', '  gateways: [rmb]\n  people:'), 'rmb', /mean rbm\?/],
    [
      'an SMS centre',
      replaced('  people:', '  sms: { via: norttel }\n  people:'),
      'norttel',
      /mean northtel\?/,
    ],
    [
      'an event',
      fault('after: { event: device.display }, mode: refuse'),
      'device.display',
      /mean device\.displayed/,
    ],
    [
      'the traffic of an anchor',
      fault('after: { event: stored, of: alrts }'),
      'alrts',
      /mean alerts\?/,
    ],
    ['the traffic of a fault', fault('during: 1s..2s, of: alrts'), 'alrts', /mean alerts\?/],
    [
      'a fault to recover from',
      expectation('recovery: { from: cor-down, within: 5s }'),
      'cor-down',
      /mean core-down/,
    ],
    [
      'a fault to look outside of',
      expectation('latency: { of: alerts, max: "< 5s", outside: [cor-down] }'),
      'cor-down',
      /mean core-down/,
    ],
    [
      'an ignored rule',
      replaced('seed: 42', 'ignore: [{ rule: fallback/lat, reason: known since May }]'),
      'fallback/lat',
      /mean fallback\/late/,
    ],
    ['a policy to extend', replaced('seed: 42', 'policy: { extends: gat }'), 'gat', /mean gate\?/],
  ])('%s that is not there', (_what, text, underlined, says) => {
    const problem = problemOf(text);
    expect(problem.code).toBe('SCENARIO_UNKNOWN_NAME');
    expect(problem.underlined).toBe(underlined);
    expect(`${problem.message} ${problem.hint}`).toMatch(says);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'to %s, which every object has, are unknown like any other',
    (word) => {
      for (const [part, by] of [
        [
          'device: android-16, carrier: northtel, devices',
          `device: ${word}, carrier: northtel, devices`,
        ],
        ['carrier: northtel, devices', `carrier: ${word}, devices`],
        ['sms: off', `profile: ${word}`],
        ['fraud-alert', word],
        ['seed: 42', `policy: ${word}`],
        ['rcs, during', `rcs, ${word}: 1, during`],
      ] as const) {
        expect(problemsOfText(replaced(part, by)), by).toHaveLength(1);
      }
    },
  );

  it('names every device of a person, and of one of the crowd, but no more', () => {
    const wiped = (path: string): string =>
      replaced('outage: carrier/northtel/rcs, during: 60s..3m', `key-loss: ${path}, at: 60s`);
    expect(problemsOfText(wiped('person/ana/device/2'))).toEqual([]);
    expect(problemsOfText(wiped('person/ana/device/*'))).toEqual([]);
    expect(problemsOfText(wiped('person/population/20/device/1'))).toEqual([]);
    for (const path of [
      'person/ana/device/3',
      'person/population/21/device/1',
      'person/population/0/device/1',
      'person/population/20/device/2',
    ]) {
      expect(problemOf(wiped(path)).code).toBe('SCENARIO_UNKNOWN_NAME');
    }
  });

  it('a pattern stands for every target that it matches', () => {
    const { faults } = cellOfText(replaced('carrier/northtel/rcs', 'carrier/*/rcs'));
    expect(faults[0]?.targets).toEqual(['carrier/northtel/rcs', 'carrier/southcell/rcs']);
  });
});

describe('what cannot be', () => {
  it('a fault at a target that exists and cannot have it', () => {
    const problem = problemOf(replaced('carrier/northtel/rcs', 'person/ana'));
    expect(problem.code).toBe('SCENARIO_IMPOSSIBLE');
    expect(problem.message).toBe('faults.core-down: outage cannot be done to person/ana');
    expect(problem.hint).toContain('carrier/northtel/rcs');
  });

  it('a core that the carrier does not have', () => {
    expect(problemOf(replaced('carrier/northtel/rcs', 'carrier/southcell/sms')).code).toBe(
      'SCENARIO_UNKNOWN_NAME',
    );
  });

  it('an SMS connection to a carrier without an SMS centre', () => {
    const problem = problemOf(replaced('  people:', '  sms: { via: southcell }\n  people:'));
    expect(problem.code).toBe('SCENARIO_IMPOSSIBLE');
  });

  it('killing an implementation where only devices speak', () => {
    const worldOnly = replaced('to: population', 'from: ana\n    to: population');
    const killed = worldOnly.replace(
      'outage: carrier/northtel/rcs, during: 60s..3m',
      'kill: implementation, at: 1s',
    );
    expect(problemOf(killed).code).toBe('SCENARIO_UNKNOWN_NAME');
  });

  it.each<[what: string, text: string]>([
    ['a fault', replaced('60s..3m', '60s..11m')],
    [
      'a fault at an instant',
      replaced(
        'outage: carrier/northtel/rcs, during: 60s..3m',
        'key-loss: person/ana/device/1, at: 11m',
      ),
    ],
    ['a traffic', replaced('0s..5m', '0s..11m')],
    ['a single message', traffic('at: 11m')],
  ])('%s outside the duration', (_what, text) => {
    expect(problemOf(text).code).toBe('SCENARIO_OUTSIDE_DURATION');
  });

  it.each<[what: string, text: string]>([
    ['no beginning', replaced(', during: 60s..3m', '')],
    ['two beginnings', fault('during: 60s..3m, at: 60s')],
    ['no end of what lasts', fault('at: 60s')],
    [
      'an end of what happens at once',
      replaced('outage: carrier/northtel/rcs', 'key-loss: person/ana/device/1'),
    ],
  ])('a fault with %s', (_what, text) => {
    expect(problemOf(text).code).toBe('SCENARIO_ANCHOR');
  });

  it('a fault that says nothing but when', () => {
    const problem = problemOf(replaced('outage: carrier/northtel/rcs, ', ''));
    expect(problem.code).toBe('SCENARIO_MISSING');
    expect(problem.hint).toContain('outage, latency');
  });

  it('a parameter that the fault does not have, or not with this word', () => {
    expect(problemOf(fault('during: 60s..3m, mod: refuse')).hint).toContain('mode');
    expect(problemOf(fault('during: 60s..3m, mode: refused')).hint).toContain(
      'Did you mean refuse?',
    );
    expect(problemOf(fault('during: 60s..3m, mode: true')).code).toBe('SCENARIO_UNKNOWN_WORD');
  });

  it('shares that do not make a whole', () => {
    expect(problemOf(replaced('70%', '60%')).message).toContain('sum to 90%');
  });
});

describe('evidence that can never be reached', () => {
  it.each<[what: string, text: string]>([
    ['by the messages there are', fault('during: 60s..3m, evidence: { hits: ">= 500000" }')],
    ['by the messages before its end', replaced('0s..5m', '4m..5m').replace('60s..3m', '60s..61s')],
    ['by the selection', fault('during: 60s..3m, hit: { first: 3 }, evidence: { hits: ">= 4" }')],
    [
      'by what happens once',
      replaced(
        'outage: carrier/northtel/rcs, during: 60s..3m',
        'key-loss: person/ana/device/1, at: 60s, evidence: { hits: ">= 2" }',
      ),
    ],
  ])('%s', (_what, text) => {
    expect(problemOf(text).code).toBe('SCENARIO_UNREACHABLE_EVIDENCE');
  });

  it('and what can just be reached is taken', () => {
    for (const text of [
      fault('during: 60s..3m, hit: { first: 3 }, evidence: { hits: ">= 3" }'),
      replaced(
        'outage: carrier/northtel/rcs, during: 60s..3m',
        'key-loss: "person/ana/device/*", at: 60s, evidence: { hits: ">= 2" }',
      ),
    ]) {
      expect(problemsOfText(text)).toEqual([]);
    }
  });
});

describe('traffic', () => {
  it.each<[what: string, text: string]>([
    ['two kinds of arrival', traffic('rate: 2/s\n    burst: 5')],
    ['an instant and a window', traffic('at: 3s\n    during: 0s..5m')],
    ['a repeated rate', traffic('rate: 2/s\n    repeat: 3')],
    ['a ramp from nothing to nothing', traffic('ramp: { from: 0/s, to: 0/s }')],
    ['more messages than a disk holds', traffic('rate: 1000000/s\n    during: 0s..10m')],
  ])('refuses %s', (_what, text) => {
    expect(problemOf(text).code).toBe('SCENARIO_ARRIVALS');
  });

  it.each(['every: 0s', 'rate: 0/s', 'burst: 0', 'repeat: 0'])('refuses %s', (text) => {
    expect(problemsOfText(traffic(text)).length).toBeGreaterThan(0);
  });

  it('comes from one person, not from a crowd', () => {
    expect(problemOf(replaced('to: population', 'from: population\n    to: ana')).hint).toContain(
      'ana',
    );
  });
});

describe('expectations', () => {
  it('say exactly one thing each', () => {
    const two = replaced('within: 60s }', 'within: 60s }\n    never: ["e2ee/*"]');
    expect(problemOf(two).code).toBe('SCENARIO_EXPECTATION');
  });

  it('of latency have a threshold, in time', () => {
    expect(problemOf(expectation('latency: { of: alerts }')).code).toBe('SCENARIO_EXPECTATION');
    expect(problemOf(expectation('latency: { of: alerts, p95: "< 500" }')).message).toContain(
      '"< 5s"',
    );
  });
});

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

describe('several mistakes', () => {
  it('are all told at once', () => {
    const text = replaced('2/s', '2').replace(': high', ': hihg').replace('10m', '600');
    expect(problemsOfText(text)).toHaveLength(3);
    const names = replaced('of: alerts', 'of: alert').replace('northtel/rcs', 'nothtel/rcs');
    expect(problemsOfText(names)).toHaveLength(2);
  });
});
