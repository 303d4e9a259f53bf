/** `googleapis-common` and `google-auth-library`, unmodified, at the RBM gateway on real sockets. */
import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, rbmClient } from './rbm-client.ts';
import type { RbmFailure } from './rbm-client.ts';
import { ANA, BEN, NOBODY, socketStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

const TO_ANA = `+${ANA}`;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function ready() {
  const stage = await socketStage('rbm');
  stops.push(stage.stop);
  const client = rbmClient(stage.value);
  const text = (messageId: string, content: string, more: Record<string, unknown> = {}) =>
    client.send(TO_ANA, messageId, { contentMessage: { text: content }, ...more });
  const content = (messageId: string, contentMessage: Record<string, unknown>) =>
    client.send(TO_ANA, messageId, { contentMessage });
  return { ...stage, client, text, content };
}

const dataOf = ({ json }: Hook): Record<string, unknown> => {
  const { data } = (json['message'] ?? {}) as { readonly data?: string };
  return data === undefined ? {} : JSON.parse(Buffer.from(data, 'base64').toString());
};

const reply = (text = 'Yes', postbackData = 'yes') => ({ reply: { text, postbackData } });
const action = (more: Record<string, unknown>) => ({
  action: { text: 'Do it', postbackData: 'do', ...more },
});
const card = (more: Record<string, unknown> = {}) => ({ title: 'A title', ...more });
const standalone = (cardContent: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  richCard: { standaloneCard: { cardOrientation: 'VERTICAL', cardContent, ...more } },
});
const media = (more: Record<string, unknown> = {}) => ({
  height: 'TALL',
  contentInfo: { fileUrl: 'https://files.example/a.png' },
  ...more,
});
const carousel = (cards: readonly unknown[], cardWidth = 'MEDIUM') => ({
  richCard: { carouselCard: { cardWidth, cardContents: cards } },
});

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

  it('a text, delivered and read, and each told with the signature of the client token', async () => {
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

describe('every error', () => {
  const badField = (failure: RbmFailure): unknown => {
    const { error } = failure.response.data;
    expect(error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    const [violation] = (error.details?.[0]?.['fieldViolations'] ?? []) as { field: string }[];
    return violation?.field;
  };

  it.each<[string, Record<string, unknown>]>([
    [
      'content_message.suggestions[0].reply.text',
      { text: 'x', suggestions: [reply('a label of twenty-six char')] },
    ],
    [
      'content_message.suggestions[0].reply.postback_data',
      { text: 'x', suggestions: [reply('Yes', 'p'.repeat(2_049))] },
    ],
    [
      'content_message.suggestions',
      { text: 'x', suggestions: Array.from({ length: 12 }, () => reply()) },
    ],
    ['content_message.suggestions[0]', { text: 'x', suggestions: [{}] }],
    ['content_message.suggestions[0].action', { text: 'x', suggestions: [action({})] }],
    [
      'content_message.suggestions[0].action.dial_action.phone_number',
      { text: 'x', suggestions: [action({ dialAction: { phoneNumber: '030 123' } })] },
    ],
    [
      'content_message.suggestions[0].action.open_url_action.url',
      { text: 'x', suggestions: [action({ openUrlAction: { url: 'shop' } })] },
    ],
    [
      'content_message.suggestions[0].action.view_location_action.lat_long.latitude',
      {
        text: 'x',
        suggestions: [action({ viewLocationAction: { latLong: { latitude: 91, longitude: 0 } } })],
      },
    ],
    [
      'content_message.suggestions[0].action.create_calendar_event_action.end_time',
      {
        text: 'x',
        suggestions: [
          action({
            createCalendarEventAction: {
              startTime: '2026-03-01T10:00:00Z',
              endTime: '2026-03-01T09:00:00Z',
              title: 'x',
            },
          }),
        ],
      },
    ],
    [
      'content_message.rich_card.standalone_card.card_content.title',
      standalone(card({ title: 't'.repeat(201) })),
    ],
    [
      'content_message.rich_card.standalone_card.card_content.description',
      standalone(card({ description: 'd'.repeat(2_001) })),
    ],
    [
      'content_message.rich_card.standalone_card.card_content.suggestions',
      standalone(card({ suggestions: Array.from({ length: 5 }, () => reply()) })),
    ],
    ['content_message.rich_card.standalone_card.card_content', standalone({})],
    [
      'content_message.rich_card.standalone_card.card_content.media.height',
      standalone({ media: media({ height: 'HUGE' }) }),
    ],
    [
      'content_message.rich_card.standalone_card.thumbnail_image_alignment',
      standalone(card(), { cardOrientation: 'HORIZONTAL' }),
    ],
    [
      'content_message.rich_card.standalone_card.card_orientation',
      standalone(card(), { cardOrientation: undefined }),
    ],
    ['content_message.rich_card.carousel_card.card_contents', carousel([card()])],
    ['content_message.rich_card.carousel_card.card_width', carousel([card(), card()], 'LARGE')],
    [
      'content_message.rich_card.carousel_card.card_contents[1].media.height',
      carousel([card(), card({ media: media() })], 'SMALL'),
    ],
    ['content_message.content_info.file_url', { contentInfo: { fileUrl: 'file:///etc/passwd' } }],
    ['content_message.file_name', { fileName: 'passwords' }],
    ['content_message', { fileName: 'files/never-uploaded' }],
    ['content_message.colour', { text: 'x', colour: 'red' }],
  ])('400 names %s', async (field, contentMessage) => {
    const stage = await ready();
    const failure = await failureOf(stage.content('m-1', contentMessage));
    expect(failure.status).toBe(400);
    expect(badField(failure)).toBe(field);
    expect(stage.of('carried')).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['ttl', { ttl: '1296001s' }],
    ['ttl', { ttl: '10s', expireTime: '2099-01-01T00:00:00Z' }],
    ['expireTime', { expireTime: '2099-01-01T00:00:00Z' }],
    ['message_traffic_type', { messageTrafficType: 'SPAM' }],
  ])('400 names %s of %o', async (field, more) => {
    const stage = await ready();
    expect(badField(await failureOf(stage.text('m-1', 'Hello', more)))).toBe(field);
  });

  it('400 for files that nobody can show, and batches of what are no numbers', async () => {
    const { client } = await ready();
    const upload = client.upload('application/zip', Readable.from([Buffer.from('x')]));
    expect((await failureOf(upload)).status).toBe(400);
    expect(badField(await failureOf(client.file({ fileUrl: 'ftp://x' })))).toBe('file_url');
    expect(badField(await failureOf(client.batchGet([TO_ANA, '0301234'])))).toBe('users[1]');
  });

  it('401 for a token that is none, 403 for another agent, 404 for a path that is none', async () => {
    const stage = await ready();
    const { url } = { url: stage.value('url') };
    const token = await stage.client.auth.getAccessToken();
    const get = (path: string, bearer: string | null | undefined) =>
      fetch(`${url}${path}`, { headers: { authorization: `Bearer ${bearer ?? ''}` } });
    const capability = `/v1/phones/${TO_ANA}/capabilities?requestId=1&agentId=`;
    expect((await get(`${capability}bellwether`, 'ya29.x')).status).toBe(401);
    expect((await get(`${capability}another`, token.token)).status).toBe(403);
    const unknown = await get('/v2/phones', token.token);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } });
    expect(stage.of('door.request').at(-1)).toMatchObject({ operation: 'unexpected' });
  });

  it.each([
    ['throttle', { to: 0, retryAfter: 1_000 }, 429, 'RESOURCE_EXHAUSTED'],
    ['outage', { mode: 'error', status: 503 }, 503, 'UNAVAILABLE'],
    ['outage', { mode: 'error', status: 500 }, 500, 'INTERNAL'],
  ] as const)(
    '%s %o: a POST comes once, GET and DELETE as the library repeats them',
    async (verb, params, status, word) => {
      const stage = await ready();
      // The login first: tokens are asked for at the same door.
      await stage.client.auth.authorize();
      stage.fault('gateway/rbm', verb, params);
      const failure = await failureOf(stage.text('m-1', 'Hello'));
      expect(failure.status).toBe(status);
      expect(failure.response.data.error).toMatchObject({ code: status, status: word });
      const count = (what: string) =>
        stage.of('door.request').filter((event) => event.what.startsWith(what)).length;
      expect(count('POST /v1/phones')).toBe(1);
      await failureOf(stage.client.capabilities(TO_ANA, 'r-1'));
      await failureOf(stage.client.revoke(TO_ANA, 'm-1'));
      expect([count('GET'), count('DELETE')]).toEqual([4, 4]);
    },
    30_000,
  );
});
