import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSource } from '../../harness/scenario/source.ts';

const problemsOf = (text: string) =>
  readSource('a.yaml', text).problems.map(({ code, message, at }) => ({
    code,
    message,
    place: `${at?.line}:${at?.column}`,
  }));

describe('reading a file', () => {
  it.each([
    ['a duplicate key', 'a: 1\nb: 2\na: 3', 'SCENARIO_DUPLICATE_KEY', '3:1'],
    ['an anchor', 'a: &x 1\nb: 2', 'SCENARIO_YAML_FEATURE', '1:7'],
    ['an alias', 'a: &x 1\nb: *x', 'SCENARIO_YAML_FEATURE', '2:4'],
    ['a merge key', 'a: 1\n<<: { b: 2 }', 'SCENARIO_YAML_FEATURE', '2:1'],
    ['a tag of its own', 'a: !secret 1', 'SCENARIO_YAML_FEATURE', '1:12'],
    ['a standard tag', 'a: !!str 1', 'SCENARIO_YAML_FEATURE', '1:10'],
    ['a version directive', '%YAML 1.1\n---\na: on', 'SCENARIO_YAML_FEATURE', '1:1'],
    ['two documents', 'a: 1\n---\nb: 2', 'SCENARIO_YAML', '2:1'],
    ['an open bracket', 'a: [1\nb: 2', 'SCENARIO_YAML', '2:1'],
    ['nothing at all', '', 'SCENARIO_YAML', '1:1'],
    ['only a comment', '# nothing', 'SCENARIO_YAML', '1:1'],
  ])('refuses %s, at its place', (_what, text, code, place) => {
    const problems = problemsOf(text);
    expect(problems).toContainEqual(expect.objectContaining({ code, place }));
    expect(readSource('a.yaml', text).source.value).toBeUndefined();
  });

  it('names the feature and the key', () => {
    expect(problemsOf('a: !!str 1')[0]?.message).toBe('a tag (!!str) is not allowed here');
    expect(problemsOf('a: 1\na: 2')[0]?.message).toBe('the key a stands there twice');
  });

  it('reads on and off as words, and what looks like YAML 1.1 numbers and dates too', () => {
    const { source } = readSource('a.yaml', 'a: on\nb: yes\nc: 2026-01-01\nd: 1_000\ne: 12:30:45');
    expect(source.value).toEqual({ a: 'on', b: 'yes', c: '2026-01-01', d: '1_000', e: '12:30:45' });
  });

  it('knows where every value and key stands, else its nearest parent', () => {
    const { source } = readSource('a.yaml', 'top:\n  list:\n    - { deep: word }\n  1: one\n');
    const place = (path: (string | number)[], part?: 'key') => {
      const { line, column, length } = source.positionOf(path, part);
      return [line, column, length];
    };
    expect(place(['top', 'list', 0, 'deep'])).toEqual([3, 15, 4]);
    expect(place(['top', 'list', 0, 'deep'], 'key')).toEqual([3, 9, 4]);
    expect(place(['top', '1'])).toEqual([4, 6, 3]);
    expect(place(['top', 'list', 0, 'missing'])).toEqual([3, 7, 14]);
    expect(place(['nowhere', 'at', 'all'])[0]).toBe(1);
    expect(source.positionOf(['top', 'list', 0, 'deep']).sourceLine).toBe('    - { deep: word }');
  });

  it('underlines only within a line, also with Windows line ends', () => {
    const { source } = readSource('a.yaml', 'top:\r\n  a: 1\r\n  b: 2\r\n');
    const { line, length, sourceLine } = source.positionOf(['top']);
    expect([line, sourceLine, length]).toEqual([2, '  a: 1', 4]);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '<<',
      '!',
      '|',
      '>',
      '"',
      "'",
      '#',
      '%YAML 1.1',
      '---',
      '...',
      '\t',
      '?',
      ',',
      '\u0000',
      '\ufeff',
      '${',
      '1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { source, problems } = readSource('a.yaml', pieces.join(''));
        expect(problems.length > 0).toBe(source.value === undefined);
        for (const { at } of problems) {
          expect(at?.line).toBeGreaterThanOrEqual(1);
          expect(at?.column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses brackets nested beyond reason instead of breaking', () => {
    expect(problemsOf('['.repeat(50_000)).map(({ code }) => code)).toContain('SCENARIO_YAML');
  });
});
