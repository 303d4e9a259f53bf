import { describe, expect, it } from 'vitest';
import { cellOfText, problemOf, problemsOfText, replaced } from './small-scenario.ts';

const fault = (text: string): string => replaced(', during: 60s..3m', `, ${text}`);
const expectation = (text: string): string => replaced('  - delivery', `  - ${text}\n  - delivery`);

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
    ['a device profile', replaced('android-14', 'adroid-14'), 'adroid-14', /mean android-14\?/],
    ['a carrier', replaced('northtel, devices', 'nrthtel, devices'), 'nrthtel', /mean northtel\?/],
    ['a carrier profile', replaced('sms: off', 'profile: standrd'), 'standrd', /mean standard\?/],
    ['a message kind', replaced('fraud-alert', 'fraud-alrt'), 'fraud-alrt', /mean fraud-alert\?/],
    ['a locale', replaced(': high', ': high, locale: ed'), 'ed', /Valid: en, de|mean de/],
    [
      'a rule',
      expectation('never: [e2ee/plaintxt-exposed]'),
      'e2ee/plaintxt-exposed',
      /mean e2ee\/plaintext-exposed\?.* and \d+ more\.$/,
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
