import { describe, expect, test } from 'vitest';
import { readXml, XmlError, xmlText } from '../../simulators/protocol/twilio/xml.ts';
import { readTwiml } from '../../simulators/protocol/twilio/twiml.ts';

describe('XML is read', () => {
  test('with entities, character references, CDATA and comments', () => {
    const root = readXml(
      '\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- a -->\n' +
        `<a b='1 &lt; 2' c="&#x27;&#233;"><d/>x &amp; <![CDATA[<y> & ]]><!-- > --><e>z</e ></a>\n`,
    );
    expect(root.attributes).toEqual({ b: '1 < 2', c: "'é" });
    expect(root.children.filter((child) => typeof child !== 'string')).toHaveLength(2);
    expect(xmlText(root)).toBe('x & <y> & z');
  });

  test.each([
    ['nothing', ''],
    ['text alone', 'hello'],
    ['an element that is not closed', '<a><b></a>'],
    ['an element that never ends', '<a'],
    ['two roots', '<a/><b/>'],
    ['an ampersand', '<a>Fish & chips</a>'],
    ['an entity of its own', '<a>&nbsp;</a>'],
    ['a character that is none', '<a>&#x110000;</a>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['CDATA that never ends', '<a><![CDATA[x</a>'],
    ['what is nested too deep', '<a>'.repeat(100) + '</a>'.repeat(100)],
  ])('but not %s', (_what, text) => {
    expect(() => readXml(text)).toThrow(XmlError);
  });

  test('in a time that grows with its length, whatever it is', () => {
    for (const text of ['<a '.repeat(50_000), `<a>${'&amp;'.repeat(100_000)}</a>`]) {
      try {
        expect(xmlText(readXml(text)).length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(XmlError);
      }
    }
  });
});

describe('TwiML is read', () => {
  test('verb by verb, until a redirect', () => {
    const reading = readTwiml(
      'text/xml; charset=utf-8',
      '<Response><Message to="+1">One</Message><Say>no</Say><Sms>Two</Sms>' +
        '<Redirect method="GET"> /next </Redirect><Message>Three</Message></Response>',
    );
    expect(reading).toMatchObject({
      kind: 'steps',
      steps: [
        { kind: 'message', message: { to: '+1', body: 'One', mediaUrls: [] } },
        { kind: 'message', message: { body: 'Two' } },
        { kind: 'redirect', url: '/next', method: 'GET' },
      ],
      ignored: ['Say'],
    });
  });

  test.each([
    ['application/json', '{}', 12300],
    [undefined, 'x', 12300],
    ['text/xml', 'x', 12100],
    ['text/xml', '<response/>', 12102],
  ])('by its type %s: %s', (type, body, code) => {
    expect(readTwiml(type, body)).toMatchObject({ kind: 'unread', code });
  });
});
