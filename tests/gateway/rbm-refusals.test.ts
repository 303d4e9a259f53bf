import { describe, expect, it } from 'vitest';
import { devicePlan } from '../device/stage.ts';
import { ANA, rbmStage } from './rbm-stage.ts';
import type { northtel } from './rbm-stage.ts';

const NOBODY = '+999100009999';

async function ready(devices = [devicePlan('1')], carrier: Partial<typeof northtel> = {}) {
  const world = await rbmStage(devices, { carrier });
  await world.authorize();
  return world;
}

describe('access', () => {
  it.each(['/token', '/oauth2/v4/token'])('gives tokens at %s', async (path) => {
    const world = await rbmStage([devicePlan('1')]);
    const answer = await world.authorize(path);
    expect(answer).toMatchObject({ status: 200, json: { token_type: 'Bearer', expires_in: 3600 } });
    expect(world.of('door.request')).toMatchObject([{ operation: 'token' }]);
    expect((await world.send('m-1', 'Hello')).status).toBe(200);
  });

  it('refuses an assertion that nobody signed', async () => {
    const world = await rbmStage([devicePlan('1')]);
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const form = new URLSearchParams({ grant_type: grant, assertion: 'a.b.c' }).toString();
    const answer = await world.settled(world.raw('POST', '/token', form, {}));
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });
    expect(world.of('door.answered')).toMatchObject([{ outcome: 'unauthorized' }]);
  });

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer ya29.x' }],
  ])('answers 401 to %s', async (_, headers) => {
    const world = await ready();
    const body = '{"contentMessage":{"text":"x"}}';
    const answer = await world.settled(world.raw('POST', world.pathOf('m-1'), body, headers));
    expect(answer).toMatchObject({
      status: 401,
      json: { error: { code: 401, status: 'UNAUTHENTICATED' } },
    });
    expect(world.of('door.answered').at(-1)).toMatchObject({ outcome: 'unauthorized' });
  });

  it('answers 401 to a token whose time is over', async () => {
    const world = await ready();
    await world.run(3601);
    expect((await world.send('m-1', 'Hello')).status).toBe(401);
  });

  it('answers 403 to another agent', async () => {
    const world = await ready();
    const path = `/v1/phones/${ANA}/capabilities?requestId=1&agentId=other`;
    const answer = await world.call('GET', path);
    expect(answer).toMatchObject({ status: 403, json: { error: { status: 'PERMISSION_DENIED' } } });
  });
});

describe('an agent that is not launched', () => {
  it('reaches nobody until they have accepted to be testers', async () => {
    const world = await rbmStage([devicePlan('1')], { launched: false });
    await world.authorize();
    const refused = await world.send('m-1', 'Hello');
    expect(refused).toMatchObject({
      status: 403,
      json: { error: { status: 'PERMISSION_DENIED' } },
    });
    const invite = () => world.call('POST', `/v1/phones/${ANA}/testers?agentId=bellwether`, {});
    expect((await invite()).json).toMatchObject({ inviteStatus: 'PENDING' });
    expect((await world.send('m-2', 'Hello')).status).toBe(403);
    await world.run(30);
    expect((await invite()).json).toMatchObject({ inviteStatus: 'ACCEPTED' });
    expect((await world.send('m-3', 'Hello')).status).toBe(200);
  });
});

describe('a request that is not as the API asks', () => {
  const text = { contentMessage: { text: 'x' } };
  it.each<[string, string, unknown]>([
    ['no messageId', `/v1/phones/${ANA}/agentMessages?agentId=bellwether`, text],
    ['no agentId', `/v1/phones/${ANA}/agentMessages?messageId=m`, text],
    ['an unknown field', '', { ...text, colour: 'red' }],
    ['an unknown content', '', { contentMessage: { txt: 'x' } }],
    ['two contents', '', { contentMessage: { text: 'x', contentInfo: { fileUrl: 'y' } } }],
    ['no content', '', {}],
    ['a list', '', []],
    ['an empty text', '', { contentMessage: { text: '' } }],
    ['a number as text', '', { contentMessage: { text: 5 } }],
    ['too long a text', '', { contentMessage: { text: 'x'.repeat(3073) } }],
    ['twelve suggestions', '', { contentMessage: { text: 'x', suggestions: Array(12).fill({}) } }],
    ['a ttl without unit', '', { ...text, ttl: '15' }],
    ['ttl and expireTime', '', { ...text, ttl: '15s', expireTime: '2027-01-01T00:00:00Z' }],
    ['an expireTime in the past', '', { ...text, expireTime: '2025-01-01T00:00:00Z' }],
    ['an expireTime that is none', '', { ...text, expireTime: 'soon' }],
    ['one card in a carousel', '', { contentMessage: { richCard: { carouselCard: {} } } }],
  ])('with %s is 400 INVALID_ARGUMENT and nothing is sent', async (_, path, body) => {
    const world = await ready();
    const answer = await world.call('POST', path === '' ? world.pathOf('m-1') : path, body);
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.any(String) } },
    });
    expect(world.of('carried')).toEqual([]);
    expect(world.of('door.answered').at(-1)).toMatchObject({ outcome: 'rejected' });
  });

  it('is 400 when it is no JSON at all', async () => {
    const world = await ready();
    const answer = await world.settled(world.raw('POST', world.pathOf('m-1'), '{"contentMess'));
    expect(answer.status).toBe(400);
  });

  it.each([
    ['GET', '/v1/phones'],
    ['PUT', `/v1/phones/${ANA}/agentMessages?messageId=m&agentId=bellwether`],
    ['POST', '/v1/usersbatchGet'],
    ['POST', `/v1/phones/${ANA}/keyPackages`],
    ['GET', '/'],
  ])('is unexpected traffic when the API has no %s %s', async (method, path) => {
    const world = await ready();
    const answer = await world.call(method, path);
    expect(answer).toMatchObject({ status: 404, json: { error: { status: 'NOT_FOUND' } } });
    expect(world.of('door.request').at(-1)).toMatchObject({ operation: 'unexpected' });
    expect(world.of('door.answered').at(-1)).toMatchObject({ outcome: 'rejected' });
    expect(world.of('door.answered').at(-1)).not.toHaveProperty('meaning');
  });
});

describe('reach', () => {
  const path = (number: string) =>
    `/v1/phones/${number}/capabilities?requestId=r-1&agentId=bellwether`;

  it('tells features, with E2EE_MLS where carrier and a device have it', async () => {
    const world = await ready();
    const answer = await world.call('GET', path(ANA));
    expect(answer.json['features']).toContain('E2EE_MLS');
    expect(world.of('door.answered').at(-1)!.meaning).toMatchObject([
      { channels: ['rcs'], says: 'available', holds: 'capability-age', scope: { person: 'ana' } },
      { channels: ['rcs-e2ee'], says: 'available' },
    ]);
  });

  it.each([
    ['no device has it', [devicePlan('1', { e2ee: false })], {}],
    ['the carrier has it not', [devicePlan('1')], { e2ee: false }],
  ])('tells no E2EE_MLS where %s', async (_, devices, carrier) => {
    const world = await ready(devices, carrier);
    const answer = await world.call('GET', path(ANA));
    expect(answer.status).toBe(200);
    expect(answer.json['features']).not.toContain('E2EE_MLS');
    expect(world.of('door.answered').at(-1)!.meaning).toMatchObject([
      { channels: ['rcs'], says: 'available' },
      { channels: ['rcs-e2ee'], says: 'unavailable' },
    ]);
  });

  it('takes the plus sign percent-encoded, too', async () => {
    const world = await ready();
    expect((await world.call('GET', path(ANA.replace('+', '%2B')))).status).toBe(200);
  });

  it('keeps an offline phone capable', async () => {
    const world = await ready([devicePlan('1', { online: false })]);
    expect((await world.call('GET', path(ANA))).status).toBe(200);
  });

  it.each([
    ['has no RCS device', ANA, [devicePlan('1', { rcs: false, e2ee: false })], {}],
    ['is at a carrier without RCS', ANA, [devicePlan('1')], { rcs: false }],
    ['is unknown', NOBODY, [devicePlan('1')], {}],
  ])(
    'is 404 for capabilities and sends when the number %s',
    async (_, number, devices, carrier) => {
      const world = await ready(devices, carrier);
      const asked = await world.call('GET', path(number));
      const sent = await world.call('POST', world.pathOf('m-1', number), {
        contentMessage: { text: 'x' },
      });
      expect([asked.status, sent.status]).toEqual([404, 404]);
      expect(asked.json).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } });
      const answers = world.of('door.answered').slice(-2);
      expect(answers.map(({ outcome }) => outcome)).toEqual(['unavailable', 'unavailable']);
      if (number === NOBODY) return;
      for (const { meaning } of answers) {
        expect(meaning).toEqual([
          {
            channels: ['rcs', 'rcs-e2ee'],
            scope: { person: 'ana' },
            says: 'unavailable',
            holds: 'capability-age',
          },
        ]);
      }
    },
  );

  it('needs a requestId', async () => {
    const world = await ready();
    const answer = await world.call('GET', `/v1/phones/${ANA}/capabilities?agentId=bellwether`);
    expect(answer.status).toBe(400);
  });

  it('answers for many at once', async () => {
    const world = await ready();
    const body = { users: [ANA, NOBODY], agentId: 'bellwether' };
    const answer = await world.call('POST', '/v1/users:batchGet', body);
    expect(answer.json).toEqual({
      reachableUsers: [ANA],
      totalRandomSampleUserCount: 0,
      reachableRandomSampleUserCount: 0,
    });
    const users = [ANA, ...Array.from({ length: 499 }, () => NOBODY)];
    const large = await world.call('POST', '/v1/users:batchGet', { users });
    expect(large.json).toMatchObject({ totalRandomSampleUserCount: 375 });
    const other = await world.call('POST', '/v1/users:batchGet', { users, agentId: 'other' });
    const none = await world.call('POST', '/v1/users:batchGet', { users: [] });
    expect([other.status, none.status]).toEqual([403, 400]);
  });

  it('takes events and testers', async () => {
    const world = await ready();
    const at = (what: string, query: string) =>
      `/v1/phones/${ANA}/${what}?agentId=bellwether${query}`;
    const typing = await world.call('POST', at('agentEvents', '&eventId=e-1'), {
      eventType: 'IS_TYPING',
    });
    expect(typing.json).toMatchObject({ name: `phones/${ANA}/agentEvents/e-1` });
    const wrong = await world.call('POST', at('agentEvents', '&eventId=e-2'), { eventType: 'X' });
    const bare = await world.call('POST', at('agentEvents', '&eventId=e-3'), { eventType: 'READ' });
    const tester = await world.call('POST', at('testers', ''), {});
    expect([wrong.status, bare.status, tester.status]).toEqual([400, 400, 200]);
    expect(tester.json).toMatchObject({ inviteStatus: 'PENDING' });
  });
});
