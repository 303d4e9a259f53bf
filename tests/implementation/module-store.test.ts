import { describe, expect, it } from 'vitest';
import { createStore } from '../../harness/implementation/module-store.ts';

class Point {
  readonly x = 1;
}

describe('the store of a module', () => {
  it.each<[what: string, value: unknown]>([
    ['nested plain values', { a: [1, 'b', true, null, { c: [] }], d: {} }],
    ['numbers that JSON does not have', { a: Number.NaN, b: -0, c: [Number.POSITIVE_INFINITY] }],
    ['dates and others that say their JSON', { at: new Date(0), url: new URL('http://x/') }],
    ['what is left out', { a: undefined, b: () => 1, c: [undefined] }],
    ['objects of a class, maps', { a: new Point(), b: new Map([[1, 2]]) }],
    ['a field named as the prototype', JSON.parse('{"__proto__":{"a":1},"b":2}')],
    ['a text', 'x'],
  ])('gives back what JSON would: %s', (_, value) => {
    const store = createStore();
    store.set('k', value);
    const text = JSON.stringify(value);
    expect(JSON.stringify(store.get('k'))).toBe(text);
    expect(store.get('k')).toEqual(JSON.parse(text));
    expect([...store.entries()]).toEqual([['k', text]]);
  });

  it('shares no object with whoever wrote or read it', () => {
    const store = createStore();
    const written = { list: [{ n: 1 }] };
    store.set('k', written);
    written.list[0]!.n = 2;
    const read = store.get('k') as typeof written;
    expect(read).toEqual({ list: [{ n: 1 }] });
    read.list[0]!.n = 3;
    expect(store.get('k')).toEqual({ list: [{ n: 1 }] });
  });

  it('knows nothing of what was never written or is gone', () => {
    const store = createStore();
    store.set('a/1', 1);
    store.set('b/1', 1);
    store.set('a/2', 1);
    store.delete('a/1');
    expect([store.get('a/1'), store.get('c'), store.keys('a/')]).toEqual([
      undefined,
      undefined,
      ['a/2'],
    ]);
  });
});
