import { describe, expect, it } from 'vitest';
import { parseCondition } from '../../../simulators/protocol/fcm/condition.ts';

const meets = (text: string, ...topics: string[]) => parseCondition(text)?.(new Set(topics));

describe('a condition over topics', () => {
  it.each([
    ["'a' in topics", ['a'], true],
    ["'a' in topics", ['b'], false],
    ["'a' in topics && 'b' in topics", ['a'], false],
    ["'a' in topics || 'b' in topics", ['b'], true],
    ["!('a' in topics)", ['b'], true],
    ["'a' in topics && ('b' in topics || 'c' in topics)", ['a', 'c'], true],
    ["'a' in topics || 'b' in topics && 'c' in topics", ['a'], true],
    ["('a' in topics || 'b' in topics) && 'c' in topics", ['a'], false],
    ["  'a'  in  topics  ", ['a'], true],
  ])('%s with %j is %s', (text, topics, expected) => {
    expect(meets(text, ...topics)).toBe(expected);
  });

  it.each([
    '',
    "'a' in topic",
    "'a b' in topics",
    "('a' in topics",
    "'a' in topics)",
    "'a' in topics &&",
    "'a' in topics 'b' in topics",
    "!'a'",
    Array.from({ length: 6 }, (_, n) => `'t${n}' in topics`).join(' || '),
  ])('“%s” is none', (text) => {
    expect(parseCondition(text)).toBeUndefined();
  });
});
