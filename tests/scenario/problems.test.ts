import { describe, expect, it } from 'vitest';
import { problemOf, problemsOfText, replaced, SCENARIO } from './small-scenario.ts';

const expectation = (text: string): string => replaced('  - delivery', `  - ${text}\n  - delivery`);

describe('a good scenario', () => {
  it('has no problems', () => {
    expect(problemsOfText(SCENARIO)).toEqual([]);
  });
});

describe('an implementation.yaml among the scenarios', () => {
  it('is called what it is, once, with the remedy', () => {
    const text =
      'bellwether: 1\nimplementation: mine\nstart:\n  env: { A: "${port}", B: "${sms.url}" }\n';
    const problems = problemsOfText(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      code: 'SCENARIO_IS_IMPLEMENTATION',
      message: 'this is an implementation.yaml, not a scenario',
    });
    expect(problems[0]?.at).toMatchObject({ line: 2, column: 1 });
    expect(problems[0]?.hint).toContain('-i');
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

describe('several mistakes', () => {
  it('are all told at once', () => {
    const text = replaced('2/s', '2').replace(': high', ': hihg').replace('10m', '600');
    expect(problemsOfText(text)).toHaveLength(3);
    const names = replaced('of: alerts', 'of: alert').replace('northtel/rcs', 'nothtel/rcs');
    expect(problemsOfText(names)).toHaveLength(2);
  });
});
