import { describe, expect, it } from 'vitest';
import { cellOfText, planOfFiles, problemsOfFiles, replaced, SCENARIO } from './small-scenario.ts';

const withPolicy = (policy: string): string => replaced('seed: 42', `seed: 42\npolicy: ${policy}`);
const inline = (policy: string) => cellOfText(withPolicy(policy)).policy;
const standard = () => cellOfText(SCENARIO).policy;

const files = (policy: string) => ({
  'suite/small.yaml': withPolicy('own.yaml'),
  'suite/own.yaml': policy,
});
const policyOf = (policy: string) =>
  planOfFiles(files(policy), ['suite/small.yaml']).cells[0]!.policy;
const problemsOf = (policy: string) => problemsOfFiles(files(policy), ['suite/small.yaml']);

describe('policies', () => {
  it('default is what every cell without another has', () => {
    const policy = standard();
    expect(policy.name).toBe('default');
    const ranked = ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'mms', 'sms'];
    expect(policy.preference).toEqual(ranked);
    expect(policy.allowed.high).toEqual(['app-push', 'rcs-e2ee', 'secure-link']);
    expect(policy.deadlineMicros).toEqual({ low: 600e6, medium: 120e6, high: 60e6 });
    expect(policy.observers['implementation-output'].low).toEqual([]);
    expect(policy.relaxations).toEqual([]);
  });

  it('a named one lies over what it extends: what it leaves out stays', () => {
    const gate = inline('gate');
    expect(gate.name).toBe('gate');
    expect(gate.attemptTimeoutMicros['rcs-e2ee']).toBe(2_500_000);
    expect(gate.observers).toEqual(standard().observers);
    expect(gate.relaxations).toEqual([]);
  });

  it('inline overrides go over default, or over what they extend', () => {
    expect(inline('{ deadlines: { high: 5s } }').deadlineMicros).toEqual({
      low: 600e6,
      medium: 120e6,
      high: 5e6,
    });
    const overGate = inline('{ extends: gate, tolerance: 3s }');
    expect(overGate.toleranceMicros).toBe(3_000_000);
    expect(overGate.deadlineMicros.high).toBe(10_000_000);
    expect(overGate.name).toBe('gate with overrides');
  });

  it('what they relax against their base is remembered in words', () => {
    expect(inline('{ observers: { implementation-output: { low: [sms] } } }').relaxations).toEqual([
      'implementation-output may see low on sms',
    ]);
    expect(inline('{ observers: { gateway: { high: [any] } } }').relaxations).toEqual([
      'gateway may see high on any',
    ]);
    expect(inline('{ allowed: { high: [app-push, sms] } }').relaxations).toEqual([
      'high may travel on sms',
    ]);
  });

  it('what they tighten is none', () => {
    expect(
      inline('{ allowed: { low: [sms] }, observers: { gateway: { low: [] } } }').relaxations,
    ).toEqual([]);
    expect(inline('{ observers: { implementation-api: { low: [sms] } } }').relaxations).toEqual([]);
  });

  it('may lie in a file beside the scenario', () => {
    const policy = policyOf('bellwether: 1\npolicy: careful\nextends: gate\ntolerance: 4s\n');
    expect(policy.name).toBe('careful');
    expect(policy.toleranceMicros).toBe(4_000_000);
    expect(policy.deadlineMicros.high).toBe(10_000_000);
  });

  it('remember the relaxations of the whole chain', () => {
    const all = {
      'suite/small.yaml': withPolicy('second.yaml'),
      'suite/first.yaml': 'bellwether: 1\nobservers: { push: { low: [any] } }\n',
      'suite/second.yaml': 'bellwether: 1\nextends: first.yaml\nallowed: { high: [rcs] }\n',
    };
    expect(planOfFiles(all, ['suite/small.yaml']).cells[0]!.policy.relaxations).toEqual([
      'push may see low on any',
      'high may travel on rcs',
    ]);
  });

  it.each<[what: string, policy: string, says: RegExp]>([
    ['is empty', '', /the file is empty/],
    ['is a list', '- a', /a map of keys/],
    ['has an unknown key', 'bellwether: 1\ndeadline: { high: 5s }', /unknown key deadline/],
    ['has a wrong unit', 'bellwether: 1\ntolerance: 5', /tolerance: 5: expected a duration/],
    ['extends nothing', 'bellwether: 1\nextends: gaet', /no policy called gaet/],
    ['extends itself', 'bellwether: 1\nextends: own.yaml', /leads back to this policy/],
    ['is no YAML', 'bellwether: [1', /invalid YAML/],
  ])('a file that %s is told with its own name', (_what, policy, says) => {
    const [problem] = problemsOf(policy);
    expect(problem?.message).toMatch(says);
    expect(problem?.at?.file).toBe('own.yaml');
  });
});

describe('hypothetical worlds', () => {
  const phone = (device: string, e2ee: string): string =>
    replaced('ana: { device: android-16', `ana: { device: ${device}, e2ee: ${e2ee}`);

  it('are labelled: encryption on an OS version that does not offer it yet', () => {
    const cell = cellOfText(phone('ios-26.3', 'on'));
    expect(cell.hypothetical).toEqual(['ios-26.3 with end-to-end encryption']);
    expect(cell.world.people[0]?.devices[0]?.e2ee).toBe(true);
  });

  it('are not: what the profile offers, or what is switched off', () => {
    expect(cellOfText(phone('ios-26.3', 'off')).hypothetical).toEqual([]);
    expect(cellOfText(phone('ios-26.5', 'on')).hypothetical).toEqual([]);
    expect(cellOfText(phone('android-16', 'on')).hypothetical).toEqual([]);
  });

  it('no device encrypts over a carrier that does not', () => {
    const off = replaced('northtel: { e2ee: on }', 'northtel: { e2ee: off }').replace(
      'ana: {',
      'ana: { e2ee: on,',
    );
    expect(cellOfText(off).world.people[0]?.devices.map(({ e2ee }) => e2ee)).toEqual([
      false,
      false,
    ]);
  });
});
