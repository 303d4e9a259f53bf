import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Query } from '../../simulators/gateway/rbm/query.ts';

describe('a query of RBM', () => {
  test.each([
    ['agentId=bellwether&messageId=m-1', 'messageId', 'm-1'],
    ['messageId=m-1&messageId=m-2', 'messageId', 'm-1'],
    ['messageIdOf=x&messageId=m-1', 'messageId', 'm-1'],
    ['messageId', 'messageId', ''],
    ['messageId=', 'messageId', ''],
    ['a=b=c', 'a', 'b=c'],
    ['a=%2Bb+c', 'a', '+b+c'],
    // An encoding that is broken is no value.
    ['a=%E0%A4%A&a=b', 'a', 'b'],
    ['', 'a', undefined],
    ['b=a', 'a', undefined],
  ])('%s: %s', (text, name, value) => {
    const query = new Query(text);
    expect(query.get(name)).toBe(value);
    expect(query.has(name)).toBe(value !== undefined);
  });

  test('reads what URLSearchParams reads, but for plus signs', () => {
    const word = fc.stringMatching(/^[a-z]{1,3}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.string())), word, (fields, asked) => {
        const text = fields
          .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
          .join('&');
        expect(new Query(text).get(asked)).toBe(new URLSearchParams(text).get(asked) ?? undefined);
      }),
    );
  });
});
