/** Content templates, by the client as published. */
import type twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf, twilioClient } from './twilio-client.ts';
import { ANA, BEN, socketStage } from './vendor-stage.ts';

type Stage = Awaited<ReturnType<typeof socketStage>>;
const stage: { it: Stage; client: twilio.Twilio } = {
  it: undefined as unknown as Stage,
  client: undefined as unknown as twilio.Twilio,
};

beforeAll(async () => {
  stage.it = await socketStage('twilio');
  stage.client = twilioClient(stage.it.value);
});
afterAll(() => stage.it.stop());

const value = (name: string): string => stage.it.value(name);
const contents = () => stage.client.content.v1.contents;
/** The client wants its own classes, and hands on whatever it is given. */
type Given = Parameters<ReturnType<typeof contents>['create']>[0];

const CODE = {
  friendly_name: 'code',
  language: 'en',
  variables: { 1: '000000', 2: 'us' },
  types: {
    'twilio/quick-reply': {
      body: 'Your code is {{1}}. Did you ask {{2}} for it?',
      actions: [{ title: 'Yes', id: 'yes' }],
    },
  },
} as const;

const shown = (message: string) =>
  stage.it.of('device.displayed').filter((event) => event.message === message);

describe('a template', () => {
  test('is created, fetched, changed, listed and removed', async () => {
    const made = await contents().create(CODE as unknown as Given);
    expect(made.sid).toMatch(/^HX[0-9a-f]{32}$/);
    expect(made).toMatchObject({
      accountSid: value('accountSid'),
      friendlyName: 'code',
      language: 'en',
      variables: { 1: '000000', 2: 'us' },
      url: `https://content.twilio.com/v1/Content/${made.sid}`,
    });
    expect(made.dateCreated).toBeInstanceOf(Date);
    const of = contents()(made.sid);
    expect((await of.fetch()).types).toEqual(made.types);
    const changed = await of.update({ friendly_name: 'new' } as unknown as Given);
    expect(changed).toMatchObject({ friendlyName: 'new', types: made.types });
    expect((await contents().list()).map(({ sid }) => sid)).toContain(made.sid);
    expect(await of.remove()).toBe(true);
    expect(await errorOf(of.fetch())).toMatchObject({ status: 404, code: 20404 });
    expect(await errorOf(of.remove())).toMatchObject({ status: 404 });
  });

  test('is listed by pages', async () => {
    const made = [];
    for (const name of ['a', 'b', 'c']) {
      made.push(await contents().create({ ...CODE, friendly_name: name } as unknown as Given));
    }
    const listed = await contents().list({ pageSize: 2 });
    expect(listed.map(({ sid }) => sid)).toEqual(
      expect.arrayContaining(made.map(({ sid }) => sid)),
    );
    expect(await contents().list({ pageSize: 2, limit: 2 })).toHaveLength(2);
  });

  test.each([
    ['no types', { language: 'en' }],
    ['no language', { types: { 'twilio/text': { body: 'x' } } }],
    ['types that are none', { language: 'en', types: { 'twilio/text': 'x' } }],
    ['variables that are no texts', { ...CODE, variables: { 1: 1 } }],
  ])('with %s is refused', async (_what, given) => {
    expect(await errorOf(contents().create(given as unknown as Given))).toMatchObject({
      status: 400,
      code: 20001,
    });
  });
});

describe('a message by a template', () => {
  const create = (fields: Record<string, unknown>) =>
    stage.client.messages.create({ to: `+${BEN}`, from: value('phoneNumber'), ...fields });

  test('has its text, with the message’s values and the template’s own', async () => {
    const { sid } = await contents().create(CODE as unknown as Given);
    const text = stage.it.plan('templates-1', 'ben');
    const canary = text.replace('Your code is ', '').replace(/\.$/, '');
    const message = await create({
      contentSid: sid,
      contentVariables: JSON.stringify({ 1: canary }),
    });
    expect(message.body).toBe(`${text} Did you ask us for it?`);
    await expect.poll(() => shown('templates-1')).toHaveLength(1);
    const [request] = stage.it
      .of('door.request')
      .filter((event) => event.message === 'templates-1');
    expect(request).toMatchObject({ operation: 'send', channel: 'sms' });
  });

  test('goes by RCS from a service, with its media fetched', async () => {
    stage.it.state.answer = ({ path }) =>
      path === '/card.png'
        ? { status: 200, headers: { 'content-type': 'image/png' }, body: 'png' }
        : 200;
    const types = { 'twilio/card': { title: 'Hello {{1}}', media: [`${stage.it.baseUrl}/{{2}}`] } };
    const { sid } = await contents().create({ language: 'en', types } as unknown as Given);
    const message = await stage.client.messages.create({
      to: `+${ANA}`,
      messagingServiceSid: value('messagingServiceSid'),
      contentSid: sid,
      contentVariables: JSON.stringify({ 1: 'Ana', 2: 'card.png' }),
    });
    expect(message).toMatchObject({ body: 'Hello Ana', numMedia: '1' });
    await stage.it.hook(
      ({ json }) => json['MessageSid'] === message.sid && json['MessageStatus'] === 'delivered',
    );
    const [media] = await stage.client.messages(message.sid).media.list();
    expect(media?.contentType).toBe('image/png');
  });

  const wrong: readonly (readonly [number, string, Record<string, unknown>])[] = [
    [21654, 'values without a template', { contentVariables: '{}', body: 'x' }],
    [21655, 'what is no sid', { contentSid: 'HX1' }],
    [21655, 'a template that is not there', { contentSid: `HX${'0'.repeat(32)}` }],
    [21656, 'values that are no JSON', { contentVariables: '{1' }],
    [21656, 'values that are no object', { contentVariables: '["1"]' }],
    [21656, 'an empty value', { contentVariables: '{"1":""}' }],
    [21656, 'a null', { contentVariables: '{"1":null}' }],
    [21656, 'a line break in a value', { contentVariables: '{"1":"a\\nb"}' }],
    [21656, 'five spaces in a value', { contentVariables: '{"1":"a     b"}' }],
    [21658, 'a value that is too long', { contentVariables: `{"1":"${'x'.repeat(1601)}"}` }],
  ];

  test.each(wrong)('is refused with %i: %s', async (code, _what, fields) => {
    const { sid } = await contents().create(CODE as unknown as Given);
    const given = code === 21654 ? fields : { contentSid: sid, ...fields };
    expect(await errorOf(create(given))).toMatchObject({ status: 400, code });
  });

  test('is refused with 21656 where nothing has a value for a placeholder', async () => {
    const types = { 'twilio/text': { body: 'Hello {{name}}' } };
    const { sid } = await contents().create({ language: 'en', types } as unknown as Given);
    const refused = await errorOf(create({ contentSid: sid }));
    expect(refused).toMatchObject({ code: 21656 });
    expect(refused.message).toContain('{{name}}');
  });
});
