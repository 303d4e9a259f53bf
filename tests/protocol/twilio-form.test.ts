import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readForm } from '../../simulators/protocol/twilio/form.ts';

function fieldsOf(text: string): [string, readonly string[]][] {
  const form = readForm(Buffer.from(text));
  return [...new Set(form.names)].map((name) => [name, form.all(name)]);
}

/** Beside wrong escapes Node's own reader takes what is not ASCII for latin1: so it is escaped. */
function asUsual(text: string): [string, string[]][] {
  const query = new URLSearchParams(text.replaceAll(/[^\0-\x7f]+/gu, encodeURIComponent));
  return [...new Set(query.keys())].map((name) => [name, query.getAll(name)]);
}

test('a form is read as URLSearchParams reads it, whatever stands in it', () => {
  const part = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('%', '%4', '%zz', '%C3', '%C3%A4', '%ff', '+', '=', '&', '?', '', '%00', 'To'),
    fc.string({ unit: 'grapheme' }).map((text) => encodeURIComponent(text)),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join('');
      expect(fieldsOf(text)).toEqual(asUsual(text));
    }),
    { numRuns: 2_000 },
  );
});

test('a form of a message keeps repeated fields and empty values', () => {
  const form = new URLSearchParams([
    ['To', '+4915100000001'],
    ['Body', 'Grüße & 100 % = mehr'],
    ['MediaUrl', 'https://a.test/1?x=1'],
    ['MediaUrl', ''],
  ]);
  expect(Object.fromEntries(fieldsOf(form.toString()))).toEqual({
    To: ['+4915100000001'],
    Body: ['Grüße & 100 % = mehr'],
    MediaUrl: ['https://a.test/1?x=1', ''],
  });
});
