/** What the answer to an inbound message makes the gateway do, in virtual time. */
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import type { WireResponse } from '../../simulators/network/wire.ts';
import { ANA, BEN, virtualStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

const { MessagingResponse } = twilio.twiml;

const xml = (body: string, type = 'text/xml'): WireResponse => ({
  status: 200,
  headers: { 'content-type': type },
  body,
});

/** A webhook that answers what people write by `answer`, and everything else by 200. */
async function stageAnswering(answer: (hook: Hook) => number | WireResponse) {
  const stage = await virtualStage('twilio', {
    answer: (hook) => (hook.json['SmsStatus'] === 'received' ? answer(hook) : 200),
  });
  await stage.run(1);
  return {
    ...stage,
    write: async (text: string, person = 'ana') => {
      stage.world.reply(person, text);
      await stage.run(30);
    },
    replies: () => stage.of('door.request').filter(({ what }) => what === 'TwiML <Message>'),
    texts: () => stage.of('device.received').map(({ person, channel }) => [person, channel]),
    statuses: () =>
      stage.hooks.flatMap(({ path, json }) =>
        typeof json['MessageStatus'] === 'string' ? [`${path} ${json['MessageStatus']}`] : [],
      ),
  };
}

describe('a reply', () => {
  test('by the vendor’s own builder is sent the way that the message came', async () => {
    const stage = await stageAnswering(() => {
      const response = new MessagingResponse();
      response.message('We are open until 6 & happy to help');
      return xml(response.toString());
    });
    await stage.write('When do you close?');
    expect(stage.replies()).toMatchObject([{ operation: 'send', channel: 'rcs', person: 'ana' }]);
    expect(stage.texts()).toEqual([['ana', 'rcs']]);
    await stage.write('And for me?', 'ben');
    expect(stage.texts()).toEqual([
      ['ana', 'rcs'],
      ['ben', 'sms'],
    ]);
    expect(stage.of('business.received')).toHaveLength(2);
    expect(stage.world.unfinished()).toEqual([]);
  });

  test('with a planned message is that message, seen by the gateway', async () => {
    const stage = await stageAnswering(() =>
      xml(`<Response><Message>${text}</Message></Response>`),
    );
    const text = stage.plan('replies-1');
    await stage.write('Hello?');
    expect(stage.replies()).toMatchObject([{ message: 'replies-1' }]);
    const [request] = stage.replies();
    const scanned = stage.of('tap.scanned').filter(({ cause }) => cause === request!.seq);
    expect(scanned).toMatchObject([{ observer: 'gateway', found: [{ as: 'plain' }] }]);
    const displayed = stage.of('device.displayed');
    expect(displayed).toMatchObject([{ message: 'replies-1', person: 'ana' }]);
  });

  test('can be several, to others, with status callbacks where `action` says', async () => {
    const stage = await stageAnswering(() => {
      const response = new MessagingResponse();
      response.message({ action: '/said?by=reply' }, 'One');
      const two = response.message({ to: `+${BEN}`, from: stage.value('phoneNumber') }, '');
      two.body('Two');
      two.media('https://elsewhere.example/cat.png');
      return xml(response.toString(), 'application/xml; charset=utf-8');
    });
    await stage.write('Tell Ben');
    const texts = stage.texts();
    expect(texts).toHaveLength(2);
    expect(texts).toEqual(
      expect.arrayContaining([
        ['ana', 'rcs'],
        ['ben', 'sms'],
      ]),
    );
    const statuses = stage.statuses();
    expect(statuses.slice(0, 2)).toEqual(['/said?by=reply sent', '/said?by=reply delivered']);
    expect(statuses.every((status) => status.startsWith('/said?by=reply '))).toBe(true);
  });

  test('is a message of the account, in answer to another', async () => {
    const stage = await stageAnswering(() => xml('<Response><Message>Yes</Message></Response>'));
    await stage.write('Really?');
    const user = `${stage.value('accountSid')}:${stage.value('authToken')}`;
    const authorization = `Basic ${btoa(user)}`;
    const path = `/2010-04-01/Accounts/${stage.value('accountSid')}/Messages.json`;
    const { json } = await stage.call('GET', path, undefined, { authorization });
    expect(json['messages']).toMatchObject([
      { direction: 'outbound-reply', body: 'Yes', from: 'rcs:bellwether', to: `rcs:+${ANA}` },
      { direction: 'inbound', body: 'Really?' },
    ]);
  });

  test('to each true copy of a callback is sent, and none to a recording of it', async () => {
    const stage = await stageAnswering(() => xml('<Response><Message>Yes</Message></Response>'));
    const { verbs } = stage.world.targets.get('gateway/twilio')!;
    const ledger = { fault: 'f', hits: () => true, touched: () => {} };
    const replay = verbs['replay']!({ params: { pause: 1_000_000 }, ledger });
    await stage.write('Once');
    expect(stage.of('callback.sent').filter(({ forgery }) => forgery === 'replayed')).not.toEqual(
      [],
    );
    expect(stage.replies()).toHaveLength(1);
    replay();
    verbs['duplicate']!({ params: { times: 1, pause: 1_000_000 }, ledger });
    await stage.write('Twice');
    expect(stage.replies()).toHaveLength(3);
    expect(stage.of('business.received')).toHaveLength(2);
  });

  test('by plain text is that text', async () => {
    const stage = await stageAnswering(() => xml('Thank you.', 'text/plain'));
    await stage.write('Hello');
    expect(stage.texts()).toEqual([['ana', 'rcs']]);
  });

  test('comes from where a redirect leads, which gets the same fields, signed', async () => {
    const stage = await stageAnswering(({ path }) =>
      path === '/hooks'
        ? xml('<Response><Redirect>/second?a=1</Redirect><Message>No</Message></Response>')
        : xml('<Response><Message>Yes</Message></Response>'),
    );
    await stage.write('Hello');
    const [first, second] = stage.hooks;
    expect(second?.path).toBe('/second?a=1');
    expect(second?.json).toEqual(first?.json);
    const signature = second!.headers['x-twilio-signature'] ?? '';
    const url = `http://implementation.test${second!.path}`;
    expect(twilio.validateRequest(stage.value('authToken'), signature, url, second!.json)).toBe(
      true,
    );
    expect(stage.texts()).toHaveLength(1);
    expect(stage.of('business.received')).toHaveLength(1);
  });
});

describe('nothing is sent', () => {
  test.each([
    ['by an empty answer', xml('')],
    ['by an empty Response', xml('<?xml version="1.0" encoding="UTF-8"?><Response/>')],
    ['by verbs of other channels', xml('<Response><Say>Hello</Say></Response>')],
    ['by a page', xml('<!doctype html><p>OK', 'text/html')],
    ['by JSON', xml('{"ok":true}', 'application/json')],
    ['without a Content-Type', { status: 200, headers: {}, body: 'ok' }],
    ['by a refusal', { ...xml('<Response><Message>No</Message></Response>'), status: 500 }],
  ])('%s', async (_what, answer) => {
    const stage = await stageAnswering(() => answer);
    await stage.write('Hello');
    expect([stage.replies(), stage.texts()]).toEqual([[], []]);
    const unexpected = stage.of('door.request').filter((one) => one.operation === 'unexpected');
    expect(unexpected).toEqual([]);
  });

  test.each([
    ['12100', '<Response><Message>Fish & chips</Message></Response>'],
    ['12100', '<Response><Message>Hello</Response>'],
    ['12102', '<Message>Hello</Message>'],
  ])('by XML that is no TwiML, and the report names it: %s', async (code, body) => {
    const stage = await stageAnswering(() => xml(body));
    await stage.write('Hello');
    expect(stage.texts()).toEqual([]);
    const unexpected = stage.of('door.request').filter((one) => one.operation === 'unexpected');
    expect(unexpected).toHaveLength(1);
    expect(unexpected[0]?.what).toContain(code);
  });

  test('to who wrote STOP, from a number of somebody else, or without a text', async () => {
    const stage = await stageAnswering(({ json }) =>
      json['Body'] === 'STOP'
        ? xml('<Response><Message>Bye</Message></Response>')
        : xml('<Response><Message from="+15550001111">Hi</Message><Message></Message></Response>'),
    );
    await stage.write('STOP');
    await stage.write('Hello', 'ben');
    expect(stage.texts()).toEqual([]);
    const refused = stage.of('door.answered').filter(({ outcome }) => outcome === 'rejected');
    expect(refused.map(({ status }) => status)).toEqual(['21610', '21606', '21619']);
  });

  test('forever by redirects in a circle', async () => {
    const stage = await stageAnswering(() => xml('<Response><Redirect/></Response>'));
    await stage.write('Hello');
    expect(stage.hooks).toHaveLength(11);
    expect(stage.world.unfinished()).toEqual([]);
  });
});
