import { describe, expect, test } from 'vitest';
import { createMessageLog } from '../../simulators/gateway/api/message-log.ts';

interface Entered {
  readonly id: string;
}

function logOf(limit: number, ...ids: readonly string[]) {
  const log = createMessageLog<Entered>(limit, ({ id }) => id);
  const enter = (...more: readonly string[]): void => more.forEach((id) => log.add({ id }));
  enter(...ids);
  return { ...log, enter, ids: () => log.newestFirst().map(({ id }) => id) };
}

describe('what a gateway knows of messages', () => {
  test('is found by its id, whether it was entered before or after somebody asked', () => {
    const log = logOf(10, 'a', 'b');
    expect(log.get('a')).toEqual({ id: 'a' });
    log.enter('c');
    expect(log.get('c')).toEqual({ id: 'c' });
    expect(log.get('d')).toBeUndefined();
  });

  test('is listed newest first', () => {
    expect(logOf(2, 'a', 'b', 'c').ids()).toEqual(['c', 'b', 'a']);
  });

  test('is listed as far back as it is asked for', () => {
    const log = logOf(3, 'a', 'b', 'c', 'd', 'e');
    const last = (most: number): string[] => log.newestFirst(most).map(({ id }) => id);
    expect([last(1), last(2), last(3), last(9)]).toEqual([
      ['e'],
      ['e', 'd'],
      ['e', 'd', 'c'],
      ['e', 'd', 'c', 'b', 'a'],
    ]);
  });

  test('is forgotten when twice as many as are promised have come since', () => {
    const log = logOf(3, 'a', 'b', 'c', 'd', 'e');
    expect(log.get('a')).toEqual({ id: 'a' });
    log.enter('f');
    expect(log.ids()).toEqual(['f', 'e', 'd']);
    expect(log.get('a')).toBeUndefined();
    expect(log.get('d')).toEqual({ id: 'd' });
  });

  test('is gone once it was removed, and nothing else is', () => {
    const log = logOf(3, 'a', 'b', 'c', 'd');
    expect(log.remove('b')).toBe(true);
    expect(log.remove('d')).toBe(true);
    expect(log.remove('d')).toBe(false);
    expect(log.ids()).toEqual(['c', 'a']);
    log.enter('e');
    expect(log.get('b')).toBeUndefined();
    expect(log.get('e')).toEqual({ id: 'e' });
  });
});
