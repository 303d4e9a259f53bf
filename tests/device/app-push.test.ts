import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { JsonWebKeyP256 } from '../../simulators/device/registration.ts';
import type { AppEdge } from '../../simulators/device/edges.ts';
import type { PushDelivery } from '../../simulators/network/bearer.ts';
import { devicePlan, iphone, stage } from './stage.ts';
import type { Service } from './stage.ts';

const APP: AppEdge = {
  push: { apns: '/messageId', fcm: '/data/messageId' },
  fetch: {
    path: '/v1/app/messages/{{push.messageId}}',
    headers: { authorization: 'Bearer {{device.appToken}}' },
    text: '/text',
  },
  inbox: { path: '/v1/app/inbox', items: '/messages' },
  receipt: {
    path: '/v1/app/messages/{{push.messageId}}/receipts',
    body: { event: '{{receipt.event}}' },
  },
};

const json = (body: unknown, status = 200) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Serves content `m1`; `fetchable` false answers 500 there, and only the inbox has it. */
function service(text: () => string, fetchable = true): Service {
  return ({ method, path }) => {
    if (method === 'POST') return json({});
    if (path === '/v1/app/inbox') {
      return json({
        messages: [
          { id: 'm0', text: 'older' },
          { id: 'm1', text: text() },
        ],
      });
    }
    return fetchable ? json({ text: text() }) : json({}, 500);
  };
}

const alert = (over: Partial<PushDelivery> = {}): PushDelivery => ({
  wire: 'apns:1',
  provider: 'apns',
  kind: 'alert',
  priority: 'high',
  mutable: true,
  payload: { aps: { alert: 'You have a message', 'mutable-content': 1 }, messageId: 'm1' },
  ...over,
});

const fcm = (over: Partial<PushDelivery> = {}): PushDelivery =>
  alert({ wire: 'fcm:1', provider: 'fcm', payload: { data: { messageId: 'm1' } }, ...over });

describe('a push', () => {
  test('with mutable content is fetched and displayed, and receipts follow', async () => {
    let canary = '';
    const world = stage(
      [iphone('1')],
      service(() => `Code ${canary}`),
    );
    canary = world.plan('alerts-1');
    world.connect({ app: APP });
    world.phone.receivePush(alert());
    await world.run();
    expect(world.of('device.displayed')).toMatchObject([
      { channel: 'app-push', message: 'alerts-1', wire: 'apns:1', padlock: false },
    ]);
    expect(world.of('device.notified')).toEqual([]);
    const [fetched, ...receipts] = world.requests;
    expect(fetched?.path).toBe('/v1/app/messages/m1');
    expect(fetched?.headers['authorization']).toBe(`Bearer ${world.phone.appKeys.appToken}`);
    const events = receipts.map(({ body }) => JSON.parse(Buffer.from(body).toString()).event);
    expect(events).toEqual(['received', 'displayed', 'read']);
    const [asked, ...more] = world.of('device.asked');
    expect(asked).toMatchObject({ wire: 'apns:1' });
    expect(asked?.since).toBeLessThanOrEqual(asked?.t ?? 0);
    expect(more).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  test.each([
    ['answers an error', service(() => '', false)],
    ['never answers', (({ path }) => (path.includes('inbox') ? undefined : undefined)) as Service],
  ])('whose fetch %s is a notice only', async (_, slow) => {
    const world = stage([iphone('1')], slow);
    world.plan('alerts-1');
    world.connect({ app: { push: APP.push, ...(APP.fetch && { fetch: APP.fetch }) } });
    world.phone.receivePush(alert());
    await world.run(120_000_000);
    expect(world.of('device.notified')).toMatchObject([{ wire: 'apns:1' }]);
    expect(world.of('device.displayed')).toEqual([]);
    // It called, and whoever it called knows that.
    expect(world.of('device.asked')).toHaveLength(1);
  });

  test('whose fetch failed is read in the app after the person’s own delay', async () => {
    let canary = '';
    const world = stage(
      [iphone('1')],
      service(() => `Code ${canary}`, false),
    );
    canary = world.plan('alerts-1');
    world.connect({ app: APP });
    world.phone.receivePush(alert());
    await world.run();
    expect(world.of('device.notified')).toHaveLength(1);
    const [shown] = world.of('device.displayed');
    expect(shown).toMatchObject({ message: 'alerts-1', channel: 'app-push' });
    expect(shown?.t).toBeGreaterThan(2_000_000);
  });

  test('is not read in the app by somebody who is offline by then', async () => {
    const world = stage(
      [iphone('1')],
      service(() => '', false),
    );
    world.plan('alerts-1');
    world.connect({ app: APP });
    world.phone.receivePush(alert());
    await world.run(1_000_000);
    world.phone.begin('offline', 'f');
    await world.run();
    expect(world.of('device.notified')).toHaveLength(1);
    expect(world.requests.map(({ path }) => path)).toEqual(['/v1/app/messages/m1']);
  });

  test('whose extension gives up shows the alert as it came', async () => {
    const world = stage(
      [iphone('1')],
      service(() => '', false),
    );
    world.connect({ app: APP });
    const payload = { aps: { alert: `Code ${world.plan('alerts-1')}` }, messageId: 'm1' };
    world.phone.receivePush(alert({ payload }));
    await world.run();
    expect(world.of('device.displayed')).toMatchObject([{ message: 'alerts-1' }]);
  });

  test('without mutable content shows the alert as it is: placeholder or content', async () => {
    const world = stage([iphone('1')]);
    const canary = world.plan('alerts-1');
    world.phone.receivePush(alert({ mutable: false }));
    const open = { aps: { alert: { title: 'Bank', body: `Code ${canary}` } } };
    world.phone.receivePush(alert({ wire: 'apns:2', mutable: false, payload: open }));
    await world.run();
    expect(world.of('device.notified').map(({ wire }) => wire)).toEqual(['apns:1']);
    expect(world.of('device.displayed').map(({ wire }) => wire)).toEqual(['apns:2']);
  });

  test('in the background fetches within its budget on iOS and shows nothing', async () => {
    const world = stage(
      [iphone('1')],
      service(() => 'text'),
    );
    world.connect({ app: APP });
    for (let n = 1; n <= 5; n++) {
      world.phone.receivePush(alert({ wire: `apns:${n}`, kind: 'background', mutable: false }));
    }
    await world.run();
    const fetches = () => world.requests.filter(({ method }) => method === 'GET').length;
    expect(fetches()).toBe(3);
    await world.run(3_600_000_000);
    world.phone.receivePush(alert({ wire: 'apns:6', kind: 'background', mutable: false }));
    await world.run();
    expect(fetches()).toBe(4);
    world.phone.begin('low-power', 'f');
    world.phone.receivePush(alert({ wire: 'apns:7', kind: 'background', mutable: false }));
    await world.run();
    expect(fetches()).toBe(4);
    expect(world.of('device.displayed')).toEqual([]);
    expect(world.of('device.notified')).toEqual([]);
  });

  test('of normal priority waits on Android until power saving ends', async () => {
    let canary = '';
    const world = stage(
      [devicePlan('1')],
      service(() => `Code ${canary}`),
    );
    canary = world.plan('alerts-1');
    world.connect({ app: APP });
    world.phone.begin('low-power', 'f');
    world.phone.receivePush(fcm({ priority: 'normal' }));
    await world.run();
    expect(world.of('device.displayed')).toEqual([]);
    world.phone.receivePush(fcm({ wire: 'fcm:2' }));
    await world.run();
    expect(world.of('device.displayed').map(({ wire }) => wire)).toEqual(['fcm:2']);
    world.phone.end('low-power', 'f');
    await world.run();
    expect(world.of('device.displayed').map(({ wire }) => wire)).toEqual(['fcm:2', 'fcm:1']);
  });

  test('to a phone without the app does nothing', async () => {
    const world = stage(
      [devicePlan('1', { app: false })],
      service(() => 'x'),
    );
    world.connect({ app: APP });
    world.phone.receivePush(fcm());
    await world.run();
    expect(world.of('device.received')).toEqual([]);
    expect(world.requests).toEqual([]);
    expect(world.phone.pushRegistration.state()).toBe('unregistered');
  });

  test('with a JWE to the device’s key is opened; an altered one is not', async () => {
    const world = stage([devicePlan('1')]);
    world.connect({ app: { push: APP.push, decrypt: { field: '/data/jwe' } } });
    const text = `Code ${world.plan('alerts-1')}`;
    const jwe = encrypt(text, world.phone.appKeys.publicJwk);
    const broken = `${jwe.slice(0, -3)}AAA`;
    world.phone.receivePush(fcm({ payload: { data: { messageId: 'm1', jwe } } }));
    world.phone.receivePush(
      fcm({ wire: 'fcm:2', payload: { data: { messageId: 'm2', jwe: broken } } }),
    );
    await world.run();
    expect(world.of('device.displayed').map(({ wire }) => wire)).toEqual(['fcm:1']);
    expect(world.of('device.notified').map(({ wire }) => wire)).toEqual(['fcm:2']);
  });
});

/** RFC 7516 with ECDH-ES (RFC 7518 §4.6) and A256GCM, written apart from the phone's own code. */
function encrypt(text: string, jwk: JsonWebKeyP256): string {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const epk = own.publicKey.export({ format: 'jwk' });
  const header = Buffer.from(JSON.stringify({ alg: 'ECDH-ES', enc: 'A256GCM', epk }));
  const aad = header.toString('base64url');
  const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey });
  const hex = `00000001${shared.toString('hex')}00000007${Buffer.from('A256GCM').toString('hex')}`;
  const info = Buffer.from(`${hex}000000000000000000000100`, 'hex');
  const iv = Buffer.alloc(12, 7);
  const cipher = createCipheriv('aes-256-gcm', hash('sha256', info, 'buffer'), iv);
  cipher.setAAD(Buffer.from(aad));
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  const parts = [iv, body, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return [aad, '', ...parts].join('.');
}
