/** Google's client library, unmodified, at the RBM gateway on real sockets: every error. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { failureOf } from './rbm-client.ts';
import type { RbmFailure } from './rbm-client.ts';
import {
  TO_ANA,
  action,
  card,
  carousel,
  media,
  ready,
  reply,
  standalone,
} from './rbm-sdk-stage.ts';

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

  it('401 for no token, 403 for another agent, 404 for an unknown path', async () => {
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
    '%s %o: a POST comes once, GET and DELETE four times',
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
