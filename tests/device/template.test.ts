import { describe, expect, test } from 'vitest';
import { atPointer, textAtPointer } from '../../simulators/protocol/template/json-pointer.ts';
import {
  placeholdersOf,
  renderDeep,
  renderTemplate,
} from '../../simulators/protocol/template/template.ts';

const values = { 'recipient.msisdn': '+999', 'message.text': '{{message.id}} "quoted"' };

describe('templates', () => {
  test('are filled inside parsed documents; a value is never read as a template or as JSON', () => {
    const body = { to: '{{recipient.msisdn}}', parts: [{ text: 'a {{ message.text }}' }], n: 3 };
    expect(renderDeep(body, values)).toEqual({
      to: '+999',
      parts: [{ text: 'a {{message.id}} "quoted"' }],
      n: 3,
    });
  });

  test('encode values for paths', () => {
    expect(renderTemplate('/u/{{recipient.msisdn}}', values, encodeURIComponent)).toBe('/u/%2B999');
  });

  test('with an unknown placeholder are an error of their author, with the nearest word', () => {
    expect(() => renderTemplate('{{recipient.msidn}}', values)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_UNKNOWN_PLACEHOLDER',
        blame: 'author',
        hint: 'Did you mean {{recipient.msisdn}}?',
      }),
    );
    expect(() => renderTemplate('{{constructor}}', values)).toThrow('constructor');
  });

  test('name their placeholders', () => {
    expect(placeholdersOf('{{a.b}}/{{ c }}')).toEqual(['a.b', 'c']);
  });
});

describe('JSON pointers', () => {
  const document = { a: [{ 'x/y': 'one', 'm~n': 2 }], '': 'empty' };
  test('follow RFC 6901', () => {
    expect(atPointer(document, '')).toBe(document);
    expect(atPointer(document, '/a/0/x~1y')).toBe('one');
    expect(atPointer(document, '/')).toBe('empty');
    expect(textAtPointer(document, '/a/0/m~0n')).toBe('2');
  });
  test('to nothing are undefined', () => {
    expect(atPointer(document, '/a/7/x')).toBeUndefined();
    expect(atPointer(document, '/toString')).toBeUndefined();
    expect(atPointer(document, 'a')).toBeUndefined();
    expect(textAtPointer(document, '/a')).toBeUndefined();
  });
});
