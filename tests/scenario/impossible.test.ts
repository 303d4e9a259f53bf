import { describe, expect, it } from 'vitest';
import { problemOf, problemsOfText, replaced, SCENARIO } from './small-scenario.ts';

const fault = (text: string): string => replaced(', during: 60s..3m', `, ${text}`);
const traffic = (text: string): string => replaced('rate: 2/s\n    during: 0s..5m', text);

describe('what cannot be', () => {
  it('a fault at a target that exists and cannot have it', () => {
    const problem = problemOf(replaced('carrier/northtel/rcs', 'person/ana'));
    expect(problem.code).toBe('SCENARIO_IMPOSSIBLE');
    expect(problem.message).toBe('faults.core-down: outage cannot be done to person/ana');
    expect(problem.hint).toContain('carrier/northtel/rcs');
  });

  it('a line to whoever there is none to', () => {
    const cut = (text: string) =>
      replaced('outage: carrier/northtel/rcs, during: 60s..3m', `${text}, during: 60s..3m`);
    expect(problemsOfText(cut('partition: gateway/rbm, from: carrier/northtel/rcs'))).toEqual([]);
    expect(problemsOfText(cut('partition: push/apns'))).toEqual([]);
    expect(problemsOfText(cut('partition: carrier/northtel/sms'))).toEqual([]);
    expect(problemOf(cut('partition: push/apns, from: carrier/northtel/rcs'))).toMatchObject({
      code: 'SCENARIO_UNKNOWN_NAME',
      hint: expect.stringContaining('implementation'),
    });
  });

  it('another phone for who has none', () => {
    const switched = replaced(
      'outage: carrier/northtel/rcs, during: 60s..3m',
      'switch-phone: person/ana, at: 60s',
    );
    const problem = problemOf(switched);
    expect(problem.code).toBe('SCENARIO_IMPOSSIBLE');
    expect(problem.message).toBe('faults.core-down.switch-phone: ana has no phone to switch to');
    const given = switched.replace('devices: 2', 'devices: 2, next-phone: ios-26.5');
    expect(problemsOfText(given)).toEqual([]);
    const [unknown] = problemsOfText(given.replace('ios-26.5', 'ios-26.55'));
    expect(unknown?.hint).toContain('ios-26.5');
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

  const few = (text: string): string =>
    replaced('during: 0s..5m', 'every: 1s\n    during: 0s..5s', text).replace(
      'rate: 2/s\n    ',
      '',
    );
  const after = (text: string): string => few(fault(`after: { ${text}, last: 5s }`));
  const late = (hits: number): string =>
    few(fault(`during: 10s..12s, evidence: { hits: ">= ${hits}" }`));
  const latency = (samples: string): string =>
    few(
      replaced(
        '  - delivery',
        `  - latency: { of: alerts, max: "< 9s", samples: "${samples}" }\n  - delivery`,
      ),
    );

  it.each<[what: string, text: string, place: string, says: RegExp]>([
    [
      'hits in a window after all traffic',
      late(200),
      '">= 200"',
      /200 hits cannot be reached by 5 messages, all sent before it begins/,
    ],
    [
      'the nth message',
      after('event: message.submitted, of: alerts, nth: 6'),
      '6',
      /message\.submitted number 6 cannot be reached by 5 messages/,
    ],
    ['the nth of all messages', after('event: message.intended, nth: 6'), '6', /number 6 cannot/],
    [
      'the nth event on phones',
      after('event: device.displayed, of: alerts, nth: 5000'),
      '5000',
      /device\.displayed number 5000 cannot be reached by 5 messages/,
    ],
    ['samples', latency('>= 6'), '">= 6"', />= 6 samples, but alerts is 5 messages/],
    ['more samples', latency('> 5'), '"> 5"', /> 5 samples, but alerts is 5 messages/],
  ])('%s', (_what, text, place, says) => {
    const problem = problemOf(text);
    expect(problem).toMatchObject({ code: 'SCENARIO_UNREACHABLE_EVIDENCE', underlined: place });
    expect(problem.message).toMatch(says);
    expect(problem.hint).toMatch(/^Lower/);
  });

  it('an event that its traffic never has', () => {
    const chat = replaced('to: population', 'from: ana\n    to: population');
    const text = chat.replace(
      ', during: 60s..3m',
      ', after: { event: message.answered, of: alerts, last: 5s }',
    );
    expect(problemOf(text).hint).toBe('Name an event that this traffic has.');
  });

  it.each([
    ['as many messages', after('event: message.submitted, of: alerts, nth: 5')],
    [
      'with repetitions',
      after('event: message.submitted, nth: 10').replace('every:', 'resubmit: 1\n    every:'),
    ],
    ['several of a message', after('event: device.displayed, of: alerts, nth: 12')],
    ['what comes without messages', after('event: door.request, nth: 5000')],
    ['as many samples', latency('>= 5')],
    ['tries that go on in a later window', late(50)],
  ])('and within reach is %s', (_what, text) => {
    expect(problemsOfText(text)).toEqual([]);
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

const expecting = (text: string): string =>
  replaced('delivery: { of: alerts, at-least: 99%, within: 60s }', text);
const allowing = (text: string): string => `${SCENARIO}allow: { ${text} }\n`;

describe('what nothing could break', () => {
  it.each<[what: string, text: string, at: RegExp, remedy: RegExp]>([
    ['hits of none', fault('during: 60s..3m, evidence: { hits: ">= 0" }'), /hits/, />= 5/],
    ['hits up to some', fault('during: 60s..3m, evidence: { hits: "<= 5" }'), /hits/, />= 5/],
    ['hits below some', fault('during: 60s..3m, evidence: { hits: "< 5" }'), /hits/, />= 5/],
    ['hits of just none', fault('during: 60s..3m, evidence: { hits: "== 0" }'), /hits/, />= 5/],
    ['a delivery of none', expecting('delivery: { of: alerts, at-least: 0% }'), /at-least/, /99%/],
    ['a fallback of none', expecting('fallback: { of: alerts, correct: 0% }'), /correct/, /99%/],
    ['any latency', expecting('latency: { of: alerts, p95: "> 0s" }'), /p95/, /< 5s/],
    ['every latency', expecting('latency: { of: alerts, max: ">= 0ms" }'), /max/, /< 5s/],
    [
      'samples of none',
      expecting('latency: { of: alerts, p95: "< 5s", samples: "<= 9" }'),
      /samples/,
      />= 20/,
    ],
    [
      'too few runs to fail',
      allowing("pass-rate: '>= 90%', confidence: 95%, at-most: 1 runs"),
      /all 1 runs failed/,
      /at least 2 runs/,
    ],
    [
      'half of four runs',
      allowing("pass-rate: '>= 50%', confidence: 95%, at-most: 4 runs"),
      /all 4 runs failed/,
      /at least 5 runs/,
    ],
    [
      'no pass asked for',
      allowing("pass-rate: '>= 0%', confidence: 95%, at-most: 60 runs"),
      /all 60 runs failed/,
      /pass-rate above 0%/,
    ],
    [
      'certainty, which no runs give',
      allowing("pass-rate: '>= 98%', confidence: 100%, at-most: 60 runs"),
      /all 60 runs failed/,
      /confidence below 100%/,
    ],
    [
      'no run',
      allowing('pass-rate: 98%, confidence: 95%, at-most: 0 runs'),
      /all 0 runs/,
      /1 runs/,
    ],
  ])('%s', (_what, text, at, remedy) => {
    const problem = problemOf(text);
    expect(problem.code).toBe('SCENARIO_ALWAYS_HOLDS');
    expect(problem.message).toMatch(at);
    expect(problem.hint).toMatch(remedy);
    expect(problem.underlined).not.toBe('');
  });

  it('and what anything at all could break is taken', () => {
    for (const text of [
      fault('during: 60s..3m, evidence: { hits: "> 0" }'),
      fault('during: 60s..3m, evidence: { hits: "== 1" }'),
      expecting('delivery: { of: alerts, at-least: 1% }'),
      expecting('latency: { of: alerts, p50: "> 1ms", p95: "<= 5s", samples: "> 0" }'),
      allowing("pass-rate: '>= 50%', confidence: 95%, at-most: 5 runs"),
      allowing("pass-rate: '>= 98%', confidence: 95%, at-most: 60 runs"),
      allowing('pass-rate: 100%, confidence: 95%, at-most: 1 runs'),
    ]) {
      expect(problemsOfText(text)).toEqual([]);
    }
  });
});
