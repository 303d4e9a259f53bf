import { describe, expect, it } from 'vitest';
import { readFields, readJsonBody } from '../../../simulators/protocol/json/fields.ts';
import type { FieldProblem } from '../../../simulators/protocol/json/fields.ts';

function reading(value: unknown) {
  const problems: FieldProblem[] = [];
  const reader = readFields(value, problems);
  if (reader === undefined) throw new Error('no object');
  return { reader, problems };
}

describe('a JSON request', () => {
  it('is told all its problems at once, each with its field', () => {
    const { reader, problems } = reading({ to: 5, list: [{ a: '' }, 'x'], channel: 'fax' });
    expect(reader.string('to', { required: true })).toBeUndefined();
    expect(reader.string('from', { required: true })).toBeUndefined();
    expect(reader.word('channel', ['sms', 'rcs'])).toBeUndefined();
    for (const each of reader.objects('list')) each.string('a', { required: true });
    reader.close();
    expect(problems).toEqual([
      { field: 'to', kind: 'invalid', reason: 'must be a string' },
      { field: 'from', kind: 'missing', reason: 'is required' },
      { field: 'channel', kind: 'invalid', reason: 'must be one of sms, rcs' },
      { field: 'list[1]', kind: 'invalid', reason: 'must be an object' },
      { field: 'list[0].a', kind: 'invalid', reason: 'must have at least 1 characters' },
    ]);
  });

  it('may hold only fields that somebody asked for', () => {
    const { reader, problems } = reading({ known: 'a', inner: { b: 1, c: 2 }, more: true });
    reader.string('known');
    const inner = reader.object('inner');
    inner?.integer('b');
    inner?.close();
    reader.close();
    expect(problems.map(({ field, kind }) => `${kind} ${field}`)).toEqual([
      'unknown inner.c',
      'unknown more',
    ]);
  });

  it('knows no field without a name, and as many others as are asked for', () => {
    const names = Array.from({ length: 20 }, (_, index) => `field${index}`);
    const { reader, problems } = reading({
      '': 1,
      ...Object.fromEntries(names.map((name) => [name, name])),
    });
    for (const name of names) expect(reader.string(name)).toBe(name);
    reader.close();
    expect(problems.map(({ field, kind }) => `${kind} ${field}`)).toEqual(['unknown ']);
  });

  it('counts null as not there', () => {
    const { reader, problems } = reading({ a: null });
    expect(reader.string('a')).toBeUndefined();
    expect(reader.has('a')).toBe(false);
    reader.close();
    expect(problems).toEqual([]);
  });

  it('finds no field on the prototype', () => {
    const { reader, problems } = reading({});
    expect(reader.any('constructor')).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it('must be JSON', () => {
    const problems: FieldProblem[] = [];
    expect(readJsonBody(Buffer.from('{"a":'), problems)).toBeUndefined();
    expect(readJsonBody(Buffer.from('{"a":1}'), problems)).toEqual({ a: 1 });
    expect(problems).toEqual([{ field: '', kind: 'invalid', reason: 'must be JSON' }]);
  });
});
