import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventLines } from '../../simulators/kernel/event-lines.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const odd = fc.string({ unit: 'binary' });
const field = fc.oneof(
  odd,
  fc.constantFrom('\ud800', '\u2028', '"\\\n', '', 'rbm:8f75dd69-a3e4-4963-8f49-1'),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.array(fc.record({ channels: fc.array(odd), scope: fc.record({ person: odd }), holds: odd })),
);
const events = fc.record({
  kind: fc.constantFrom('door.request', 'tap.scanned', 'callback.sent'),
  fields: fc.dictionary(odd, field),
});
const numbers = fc.oneof(fc.nat(), fc.maxSafeNat());

describe('the lines of a history', () => {
  it('are byte for byte what JSON.stringify says of the whole event', () => {
    const lines = new EventLines();
    fc.assert(
      fc.property(numbers, numbers, events, (seq, t, { kind, fields }) => {
        const { seq: _seq, t: _t, ...others } = fields;
        // A name of digits would stand first in an object, before seq.
        fc.pre(Object.keys(others).every((name) => !/^\d+$/.test(name)));
        const event = { kind, ...others };
        lines.add(seq, t, JSON.stringify(event));
        expect(text(lines.take())).toBe(`${JSON.stringify({ seq, t, ...event })}\n`);
      }),
    );
  });

  it('stand one after the other until they are taken, and are not taken twice', () => {
    const lines = new EventLines();
    lines.add(1, 0, JSON.stringify({ kind: 'a' }));
    lines.add(2, 10, JSON.stringify({ kind: 'b' }));
    expect(lines.length).toBe(text(lines.take()).length);
    expect(lines.length).toBe(0);
    lines.add(3, 2_147_483_648, JSON.stringify({ kind: 'c' }));
    expect(text(lines.take())).toBe('{"seq":3,"t":2147483648,"kind":"c"}\n');
  });

  it('may be longer than what is held', () => {
    const lines = new EventLines();
    const why = 'ü'.repeat(200_000);
    lines.add(1, 0, JSON.stringify({ kind: 'a' }));
    lines.add(2, 0, JSON.stringify({ kind: 'b', why }));
    expect(lines.full).toBe(true);
    expect(text(lines.take())).toBe(
      `{"seq":1,"t":0,"kind":"a"}\n{"seq":2,"t":0,"kind":"b","why":"${why}"}\n`,
    );
  });
});
