/** Google's client library, unmodified, at the RBM gateway on real sockets: every operation. */
import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { failureOf } from './rbm-client.ts';
import {
  TO_ANA,
  action,
  card,
  carousel,
  dataOf,
  media,
  ready,
  reply,
  standalone,
} from './rbm-sdk-stage.ts';
import { BEN, NOBODY } from './vendor-stage.ts';

describe('every operation', () => {
  it('capabilities, of who has RCS and of who has not', async () => {
    const { client } = await ready();
    const answer = await client.capabilities(TO_ANA, 'r-1');
    expect(answer.data['features']).toContain('RICHCARD_CAROUSEL');
    expect((await failureOf(client.capabilities(`+${BEN}`, 'r-2'))).status).toBe(404);
    expect((await failureOf(client.capabilities(`+${NOBODY}`, 'r-3'))).status).toBe(404);
  });

  it('capabilities by callback', async () => {
    const stage = await ready();
    const { data } = await stage.client.requestCapabilityCallback(TO_ANA, 'r-9');
    expect(data).toEqual({});
    const hook = await stage.hook((one) => dataOf(one)['requestId'] === 'r-9');
    expect(dataOf(hook)).toMatchObject({ phoneNumber: TO_ANA, rbmEnabled: true });
  });

  it('batch reach: who of few, and a sample of many', async () => {
    const { client } = await ready();
    const few = await client.batchGet([TO_ANA, `+${BEN}`, `+${NOBODY}`]);
    expect(few.data).toEqual({
      reachableUsers: [TO_ANA],
      totalRandomSampleUserCount: 0,
      reachableRandomSampleUserCount: 0,
    });
    const crowd = Array.from({ length: 599 }, (_, index) => `+99920${1_000_000 + index}`);
    const many = await client.batchGet([...crowd, TO_ANA]);
    expect(many.data).toMatchObject({ reachableUsers: [TO_ANA], totalRandomSampleUserCount: 450 });
    expect([0, 1]).toContain(many.data['reachableRandomSampleUserCount']);
  });

  it('a text, delivered and read, each told with the signature of the client token', async () => {
    const stage = await ready();
    const { data } = await stage.text('m-1', stage.plan('alerts-1'));
    expect(data).toMatchObject({ name: `phones/${TO_ANA}/agentMessages/m-1` });
    expect(data['sendTime']).toMatch(/Z$/);
    const read = await stage.hook((hook) => dataOf(hook)['eventType'] === 'READ');
    expect(dataOf(read)).toMatchObject({ senderPhoneNumber: TO_ANA, messageId: 'm-1' });
    const signed = Buffer.from((read.json['message'] as { data: string }).data, 'base64');
    const token = stage.value('clientToken');
    const signature = createHmac('sha512', token).update(signed).digest('base64');
    expect(read.headers['x-goog-signature']).toBe(signature);
    expect(stage.of('device.displayed')).toMatchObject([{ message: 'alerts-1', channel: 'rcs' }]);
  });

  it('the same messageId again is answered alike, and nothing is sent again', async () => {
    const stage = await ready();
    const first = await stage.text('m-1', 'Hello');
    const second = await stage.text('m-1', 'Hello');
    expect(second.data).toEqual(first.data);
    await stage.hook((hook) => dataOf(hook)['eventType'] === 'DELIVERED');
    expect(stage.of('device.received')).toHaveLength(1);
  });

  it('events of the agent, and a revoke of what is gone already', async () => {
    const { client } = await ready();
    const typing = await client.event(TO_ANA, 'e-1', { eventType: 'IS_TYPING' });
    expect(typing.data).toMatchObject({ name: `phones/${TO_ANA}/agentEvents/e-1` });
    const read = await client.event(TO_ANA, 'e-2', { eventType: 'READ', messageId: 'u-1' });
    expect(read.status).toBe(200);
    expect((await client.revoke(TO_ANA, 'm-1')).data).toEqual({});
  });

  it('a message that nobody took in its time is revoked, and the agent is told', async () => {
    const stage = await ready();
    const back = stage.fault('person/ana', 'offline');
    await stage.text('m-1', 'Only now', { ttl: '0.05s' });
    const hook = await stage.hook((one) => /TTL/.test(String(dataOf(one)['eventType'])));
    expect(dataOf(hook)).toMatchObject({
      phoneNumber: TO_ANA,
      eventType: 'TTL_EXPIRATION_REVOKED',
      messageId: 'm-1',
    });
    back();
    expect(stage.of('device.received')).toEqual([]);
  });

  it('a tester is invited, and has accepted when asked again', async () => {
    const stage = await ready();
    expect((await stage.client.tester(TO_ANA)).data).toEqual({
      name: `phones/${TO_ANA}/testers`,
      inviteStatus: 'PENDING',
    });
    await expect
      .poll(async () => (await stage.client.tester(TO_ANA)).data['inviteStatus'])
      .toBe('ACCEPTED');
    expect((await failureOf(stage.client.tester(`+${NOBODY}`))).status).toBe(404);
  });

  it('files by URL and by upload, in both forms, and messages that show them', async () => {
    const { client, content } = await ready();
    const byUrl = await client.file({
      fileUrl: 'https://files.example/a.mp4',
      thumbnailUrl: 'https://files.example/a.png',
      contentDescription: 'How to change the filter',
    });
    const { name: fileName, thumbnailName } = byUrl.data;
    expect([fileName, thumbnailName]).toEqual([
      expect.stringMatching(/^files\//),
      expect.stringMatching(/^files\//),
    ]);
    const bytes = Buffer.from('not really a picture');
    const raw = await client.upload('image/png', Readable.from([bytes]));
    const both = await client.upload('image/png', Readable.from([bytes]), {});
    for (const { data } of [raw, both]) expect(data['name']).toMatch(/^files\//);
    expect((await content('m-1', { fileName })).status).toBe(200);
    const uploadedRbmFile = { fileName: raw.data['name'], thumbnailName };
    expect((await content('m-2', { uploadedRbmFile })).status).toBe(200);
    const shown = standalone(card({ media: { height: 'SHORT', uploadedRbmFile } }));
    expect((await content('m-3', shown)).status).toBe(200);
  });

  it.each<[string, Record<string, unknown>]>([
    [
      'a card with everything',
      standalone(
        card({
          description: 'And more',
          media: media(),
          suggestions: [reply(), action({ dialAction: { phoneNumber: '+4930123456' } })],
        }),
      ),
    ],
    [
      'a horizontal card',
      standalone(card(), { cardOrientation: 'HORIZONTAL', thumbnailImageAlignment: 'LEFT' }),
    ],
    ['a card that is a picture only', standalone({ media: media() })],
    ['a carousel', carousel([card(), card({ media: media() })])],
    [
      'a file by URL',
      { contentInfo: { fileUrl: 'https://files.example/a.pdf', forceRefresh: true } },
    ],
    ['a reply', { text: 'Agree?', suggestions: [reply(), reply('No', 'no')] }],
    [
      'a link',
      {
        text: 'Look',
        suggestions: [
          action({
            openUrlAction: {
              url: 'https://shop.example/1',
              application: 'WEBVIEW',
              webviewViewMode: 'HALF',
            },
            fallbackUrl: 'https://shop.example',
          }),
        ],
      },
    ],
    [
      'a place',
      {
        text: 'Here',
        suggestions: [
          action({
            viewLocationAction: { latLong: { latitude: 52.5, longitude: 13.4 }, label: 'Us' },
          }),
        ],
      },
    ],
    [
      'a search for a place',
      { text: 'Here', suggestions: [action({ viewLocationAction: { query: 'coffee' } })] },
    ],
    ['where are you', { text: 'Where?', suggestions: [action({ shareLocationAction: {} })] }],
    [
      'a date',
      {
        text: 'When',
        suggestions: [
          action({
            createCalendarEventAction: {
              startTime: '2026-03-01T10:00:00Z',
              endTime: '2026-03-01T11:00:00Z',
              title: 'Visit',
            },
          }),
        ],
      },
    ],
    [
      'a text to write',
      {
        text: 'Write',
        suggestions: [
          action({
            composeAction: { composeTextMessage: { phoneNumber: '+4930123456', text: 'Hi' } },
          }),
        ],
      },
    ],
  ])('sends %s', async (_, contentMessage) => {
    const stage = await ready();
    expect((await stage.content('m-1', contentMessage)).status).toBe(200);
    await stage.hook((hook) => dataOf(hook)['eventType'] === 'DELIVERED');
  });
});

describe('what people send back', () => {
  it('a tap on a suggestion, a place, and a file that can be fetched', async () => {
    const stage = await ready();
    const seen = async (fits: string) => dataOf(await stage.hook((hook) => fits in dataOf(hook)));
    const label = stage.plan('taps-1', 'business');
    stage.world.reply('ana', label, 'taps-1', { postback: 'agree' });
    expect((await seen('suggestionResponse'))['suggestionResponse']).toEqual({
      postbackData: 'agree',
      text: label,
      type: 'REPLY',
    });
    stage.world.reply('ana', 'I am here', undefined, { share: 'location', typing: true });
    expect((await seen('location'))['location']).toMatchObject({ latitude: expect.any(Number) });
    stage.world.reply('ana', 'Read this', undefined, { share: 'file' });
    const { payload } = (await seen('userFile'))['userFile'] as {
      payload: { fileUri: string; mimeType: string; fileSizeBytes: number };
    };
    const file = await fetch(payload.fileUri);
    expect(file.headers.get('content-type')).toBe('text/plain');
    expect(await file.text()).toBe('Read this');
    const words = stage.hooks.map((hook) => dataOf(hook)['eventType'] ?? 'message');
    expect(words.filter((word) => word === 'IS_TYPING')).toHaveLength(1);
    await expect.poll(() => stage.of('business.received').length).toBe(3);
    expect(stage.of('business.received')[0]).toMatchObject({ message: 'taps-1', channel: 'rcs' });
    const types = stage.hooks.flatMap(({ json }) => {
      const { attributes } = (json['message'] ?? {}) as { attributes?: Record<string, string> };
      return attributes?.['message_type'] ?? [];
    });
    expect(types).toEqual(['SUGGESTION_RESPONSE', 'LOCATION', 'FILE']);
  });
});
