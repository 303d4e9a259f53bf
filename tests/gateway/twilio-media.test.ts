/** Media are fetched from where the program serves them, before the message goes out. */
import { describe, expect, test } from 'vitest';
import type { WireResponse } from '../../simulators/network/wire.ts';
import { ANA, BEN, virtualStage } from './vendor-stage.ts';

const picture = (headers: Record<string, string> = { 'content-type': 'image/gif' }) =>
  ({ status: 200, headers, body: 'GIF89a' }) as const;

/** A program that serves `/cat` by `answer`, and is told by a public address. */
async function stageServing(answer: number | WireResponse) {
  const stage = await virtualStage('twilio', {
    publicBase: 'https://public.example',
    answer: ({ path }) => (path === '/cat' ? answer : 200),
  });
  const authorization = `Basic ${btoa(`${stage.value('accountSid')}:${stage.value('authToken')}`)}`;
  const account = `/2010-04-01/Accounts/${stage.value('accountSid')}`;
  const send = async (fields: readonly [string, string][]) => {
    const body = new URLSearchParams(fields).toString();
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const { status, json } = await stage.call('POST', `${account}/Messages.json`, body, headers);
    await stage.run(30);
    return { status, json, sid: String(json['sid']) };
  };
  const get = (path: string) =>
    stage.call('GET', `${account}${path}`, undefined, { authorization });
  return {
    ...stage,
    send,
    get,
    toBen: (...urls: string[]) =>
      send([
        ['To', `+${BEN}`],
        ['From', stage.value('phoneNumber')],
        ['StatusCallback', 'https://public.example/hooks'],
        ...urls.map((url): [string, string] => ['MediaUrl', url]),
      ]),
    told: () =>
      stage.hooks.flatMap(({ json }) =>
        json['MessageStatus'] === undefined
          ? []
          : [[json['MessageStatus'], json['ErrorCode']].filter((one) => one !== undefined)],
      ),
  };
}

describe('media', () => {
  test('at the program’s public address are fetched from the program, once each', async () => {
    const stage = await stageServing(picture());
    const { sid, json } = await stage.toBen('https://public.example/cat');
    expect(json).toMatchObject({ num_media: '1' });
    expect(sid).toMatch(/^MM/);
    expect(stage.hooks.filter(({ path }) => path === '/cat')).toHaveLength(1);
    expect(stage.told()).toEqual([['sent'], ['delivered']]);
    const media = await stage.get(`/Messages/${sid}/Media.json`);
    expect(media.json['media_list']).toMatchObject([{ content_type: 'image/gif' }]);
    expect(stage.of('device.received')).toMatchObject([{ person: 'ben' }]);
  });

  test.each([
    ['are not there', 404],
    ['have no Content-Type', picture({})],
    ['break', { status: 500, headers: { 'content-type': 'image/gif' }, body: '' }],
  ])('that %s let the message fail, as its status says', async (_what, answer) => {
    const stage = await stageServing(answer);
    const { sid, status } = await stage.toBen('https://public.example/cat');
    expect(status).toBe(201);
    expect(stage.told()).toEqual([['failed', '11200']]);
    const message = await stage.get(`/Messages/${sid}.json`);
    expect(message.json).toMatchObject({ status: 'failed', error_code: 11200 });
    expect(stage.of('device.received')).toEqual([]);
    expect(stage.world.unfinished()).toEqual([]);
  });

  test('that are not there fail with another code by RCS', async () => {
    const stage = await stageServing(404);
    await stage.send([
      ['To', `+${ANA}`],
      ['MessagingServiceSid', stage.value('messagingServiceSid')],
      ['Body', 'Look'],
      ['MediaUrl', 'https://public.example/cat'],
    ]);
    expect(stage.told()).toEqual([['failed', '63019']]);
  });

  test('elsewhere on the internet are taken for fetched: nothing leaves this machine', async () => {
    const stage = await stageServing(404);
    const { sid } = await stage.toBen('https://cdn.example/dog.png');
    expect(stage.told()).toEqual([['sent'], ['delivered']]);
    const media = await stage.get(`/Messages/${sid}/Media.json`);
    expect(media.json['media_list']).toMatchObject([{ content_type: 'image/png' }]);
  });
});
