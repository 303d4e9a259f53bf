import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdsText, textPrint } from '../../simulators/kernel/text-print.ts';

const CANARY = 'QX7HJ114BV7J';
const text = fc
  .tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
  .filter(([before]) => !before.includes(CANARY))
  .map(([before, after]) => `${before}${CANARY}${after}`);

test('a text is itself, whatever stands after it or before it', () => {
  fc.assert(
    fc.property(text, fc.string(), fc.string(), (planned, before, after) => {
      const print = textPrint(planned, CANARY);
      expect(holdsText(`${before}${planned}${after}`, CANARY, print)).toBe(true);
    }),
  );
});

test('a text with one code unit lost, added or changed is another', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.constantFrom('lost', 'added', 'changed'), (planned, at, how) => {
      const place = at % planned.length;
      const canaryAt = planned.indexOf(CANARY);
      fc.pre(place < canaryAt || place >= canaryAt + CANARY.length);
      const rest = planned.slice(place + 1);
      const here = { lost: '', added: `${planned[place]}\u0001`, changed: '\u0001' }[how]!;
      fc.pre(planned[place] !== '\u0001');
      const other = planned.slice(0, place) + here + rest;
      // What is added after the last character stands after the text, and is no harm.
      fc.pre(!other.includes(planned));
      expect(holdsText(other, CANARY, textPrint(planned, CANARY))).toBe(false);
    }),
  );
});

test('a text without its canary is not there', () => {
  expect(holdsText('hello', CANARY, textPrint(`hello ${CANARY}`, CANARY))).toBe(false);
});
