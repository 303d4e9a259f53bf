/** The files of cards and messages: fetched from where the business has them, shown on phones. */
import { Readable } from 'node:stream';
import { Auth } from '@vonage/auth';
import { RCSImage } from '@vonage/messages';
import { Vonage } from '@vonage/server-sdk';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WireResponse } from '../../simulators/network/wire.ts';
import { card, ready as rbmReady, standalone } from './rbm-sdk-stage.ts';
import { twilioClient } from './twilio-client.ts';
import { ANA, socketStage, virtualStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

const file = (body: string, type = 'image/png'): WireResponse => ({
  status: 200,
  headers: { 'content-type': type },
  body,
});

/** What the program serves beside its webhook. */
function serving({ path, json }: Hook): number | WireResponse {
  if (path === '/a.png') return file('a picture');
  if (path === '/small.png') return file('small');
  if (path === '/page.html') return file('<p>', 'text/html');
  if (path === '/broken.png') return 500;
  const { secret } = json;
  if (typeof secret === 'string') return { status: 200, headers: {}, body: secret };
  return path === '/hooks' ? 200 : 404;
}

describe('RCS for Business', () => {
  const ready = async () => {
    const stage = await rbmReady();
    stage.state.answer = serving;
    const url = (name: string) => `${stage.baseUrl}/${name}`;
    const asked = () => stage.hooks.filter(({ path }) => path.endsWith('.png')).map((h) => h.path);
    const shown = () => stage.of('medium.displayed').map(({ part, bytes }) => [part, bytes]);
    const cardOf = (contentInfo: object, title = 'A title') =>
      standalone(card({ title, media: { height: 'SHORT', contentInfo } }));
    return { ...stage, url, asked, shown, cardOf };
  };

  test('the file of a card is fetched once and kept; phones get copies of it', async () => {
    const stage = await ready();
    const info = { fileUrl: stage.url('a.png'), thumbnailUrl: stage.url('small.png') };
    await stage.content('m-1', stage.cardOf(info, stage.plan('card-1')));
    const both = [
      ['thumbnail', 5],
      ['file', 9],
    ];
    await expect.poll(stage.shown).toEqual(both);
    expect(stage.of('medium.displayed')).toMatchObject([
      { person: 'ana', message: 'card-1', type: 'image/png' },
      { person: 'ana', message: 'card-1', type: 'image/png' },
    ]);
    expect(stage.asked().toSorted()).toEqual(['/a.png', '/small.png']);
    await stage.content('m-2', stage.cardOf(info));
    await expect.poll(stage.shown).toEqual([...both, ...both]);
    expect(stage.asked()).toHaveLength(2);
    await stage.content('m-3', stage.cardOf({ ...info, forceRefresh: true }));
    await expect.poll(stage.shown).toHaveLength(6);
    expect(stage.asked()).toHaveLength(4);
    const outcomes = stage.of('medium.fetched').filter(({ by }) => by === 'gateway/rbm');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'content',
      'content',
      'cached',
      'cached',
      'content',
      'content',
    ]);
  });

  test('what was uploaded is shown byte for byte, in both forms, and by its URL', async () => {
    const stage = await ready();
    const bytes = Buffer.from([0xff, 0x0d, 0x0a, 0x00, 0x2d, 0x2d, 0x0d, 0x0a]);
    const upload = async (metadata?: object) => {
      const body = Readable.from([bytes]);
      const { data } = await stage.client.upload('image/png', body, metadata as never);
      return data['name'];
    };
    await stage.content('m-1', { fileName: await upload() });
    await expect.poll(stage.shown).toEqual([['file', bytes.length]]);
    await stage.content('m-2', { fileName: await upload({}) });
    await expect.poll(stage.shown).toEqual([
      ['file', bytes.length],
      ['file', bytes.length],
    ]);
    expect(stage.of('device.notified')).toHaveLength(2);
  });

  test.each([
    ['gone.png', 'missing', '404'],
    ['page.html', 'unsupported', '200'],
    ['broken.png', 'broken', '500'],
  ])('%s is not shown, and the card comes without it', async (name, outcome, status) => {
    const stage = await ready();
    const info = { fileUrl: stage.url(name) };
    await stage.content('m-1', stage.cardOf(info, stage.plan('card-1')));
    await expect.poll(() => stage.of('device.displayed')).toHaveLength(1);
    expect(stage.of('medium.fetched')).toMatchObject([
      { by: 'gateway/rbm', outcome, status, message: 'card-1', person: 'ana', part: 'file' },
    ]);
    expect(stage.shown()).toEqual([]);
  });

  test('of what lies outside of this world nobody can tell', async () => {
    const stage = await ready();
    await stage.content('m-1', stage.cardOf({ fileUrl: 'https://files.example/a.png' }));
    await expect.poll(() => stage.of('device.notified')).toHaveLength(1);
    expect(stage.of('medium.fetched')).toMatchObject([{ outcome: 'elsewhere' }]);
  });
});

test('twilio: media of a service go by RCS and are shown, fetched once', async () => {
  const stage = await socketStage('twilio', { answer: serving });
  onTestFinished(stage.stop);
  const client = twilioClient(stage.value);
  await client.messages.create({
    to: `+${ANA}`,
    messagingServiceSid: stage.value('messagingServiceSid'),
    body: stage.plan('pic-1'),
    mediaUrl: [`${stage.baseUrl}/a.png`],
  });
  await expect
    .poll(() => stage.of('medium.displayed'))
    .toMatchObject([{ message: 'pic-1', bytes: 9, device: 'person/ana/device/1' }]);
  expect(stage.hooks.filter(({ path }) => path === '/a.png')).toHaveLength(1);
});

test('vonage: an image by RCS is shown', async () => {
  const stage = await socketStage('vonage', { answer: serving });
  onTestFinished(stage.stop);
  const { value } = stage;
  const auth = new Auth({ applicationId: value('applicationId'), privateKey: value('privateKey') });
  const { messages } = new Vonage(auth, { apiHost: value('url') });
  const image = { url: `${stage.baseUrl}/a.png` };
  await messages.send(new RCSImage({ to: ANA, from: 'Bank', image }));
  await expect.poll(() => stage.of('medium.displayed')).toMatchObject([{ bytes: 9 }]);
  // The address of the picture is no link that a person would follow.
  expect(stage.of('door.request')[0]?.channel).toBe('rcs');
  expect(stage.of('device.received')).toMatchObject([{ channel: 'rcs' }]);
});

describe('in virtual time', () => {
  const ready = async (answer: (hook: Hook) => number | WireResponse = serving) => {
    const stage = await virtualStage('infobip', { answer, publicBase: 'https://acme.example' });
    const headers = { authorization: `App ${stage.value('apiKey')}` };
    const send = async (content: object) => {
      const message = { sender: 'Demo', destinations: [{ to: ANA }], content };
      await stage.call('POST', '/rcs/2/messages', { messages: [message] }, headers);
      await stage.run();
    };
    return { ...stage, send };
  };
  const picture = (name: string) => ({
    type: 'FILE',
    file: { url: `https://acme.example/${name}` },
  });

  test('files at the public address come from the program', async () => {
    const stage = await ready();
    await stage.send(picture('a.png'));
    expect(stage.of('medium.displayed')).toMatchObject([{ bytes: 9 }]);
    expect(stage.of('medium.fetched').map(({ by }) => by)).toEqual([
      'gateway/infobip',
      'person/ana/device/1',
    ]);
    expect(stage.world.unfinished()).toEqual([]);
  });

  test('what stands in a picture alone is read there, and seen by the gateway', async () => {
    const state = { text: '' };
    const stage = await ready((hook) =>
      hook.path === '/code.png' ? file(`PNG ${state.text}`) : serving(hook),
    );
    state.text = stage.plan('code-1');
    await stage.send(picture('code.png'));
    expect(stage.of('device.displayed')).toMatchObject([{ message: 'code-1', channel: 'rcs' }]);
    const seen = stage.of('tap.scanned').filter(({ found }) => found.length > 0);
    expect(seen).toMatchObject([{ observer: 'gateway', channel: 'rcs' }]);
  });
});

describe('what people share', () => {
  const NOTE = 'Here is my note.';
  const vendors: readonly (readonly [string, (json: Hook['json']) => unknown])[] = [
    ['twilio', ({ NumMedia, MediaUrl0 }) => (NumMedia === '1' ? MediaUrl0 : undefined)],
    ['vonage', ({ file: shared }) => (shared as { url?: string } | undefined)?.url],
    [
      'sinch',
      ({ message }) => {
        const told = message as { contact_message?: { media_message?: { url: string } } };
        return told?.contact_message?.media_message?.url;
      },
    ],
  ];

  test.each(vendors)('%s: a file comes as an address, where it is', async (gateway, urlOf) => {
    const stage = await socketStage(gateway);
    onTestFinished(stage.stop);
    stage.world.reply('ana', NOTE, 'note-1', { share: 'file' });
    const { json } = await stage.hook((hook) => urlOf(hook.json) !== undefined);
    const answer = await fetch(String(urlOf(json)));
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(await answer.text()).toBe(NOTE);
    expect(JSON.stringify(json)).not.toContain(NOTE);
    await expect.poll(() => stage.of('business.received')).toMatchObject([{ message: 'note-1' }]);
  });

  test('sinch: a place comes as its coordinates', async () => {
    const stage = await socketStage('sinch');
    onTestFinished(stage.stop);
    stage.world.reply('ana', 'Berlin', undefined, { share: 'location' });
    const { json } = await stage.hook((hook) => hook.json['message'] !== undefined);
    expect(json['message']).toMatchObject({
      contact_message: {
        location_message: { title: 'Berlin', coordinates: { latitude: 52.5163 } },
      },
    });
  });
});
