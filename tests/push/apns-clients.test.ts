import apn from '@parse/node-apn';
import { connect } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import { createEs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { createApns } from '../../simulators/push/apns.ts';
import { pushWorld } from './push-world.ts';

const TOKEN = 'ab'.repeat(32);
const GONE = 'cd'.repeat(32);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve() {
  const clock = createWallClock();
  const world = pushWorld(clock, 'push/apns', [TOKEN, GONE]);
  const { ambient, conditions, tap, phones } = world;
  const apns = createApns({ ambient, conditions, tap, handsets: phones });
  const network = createSocketNetwork({ clock });
  const listener = await network.listenHttp('apns', apns.door, { http2: true });
  closing.push(
    () => clock.stop(),
    () => network.close(),
  );
  const arrived = (count: number) =>
    expect.poll(() => phones.get(TOKEN)!.received, { timeout: 10_000 }).toHaveLength(count);
  return { world, apns, network, listener, arrived, phones, clock };
}

describe('APNs over a real connection', () => {
  it('serves @parse/node-apn: sent, refused, and the reason of each', async () => {
    const { apns, network, listener, arrived, phones, world } = await serve();
    const { keyId, teamId, privateKeyPem, topic } = apns.credentials;
    const options: apn.ProviderOptions = {
      token: { key: privateKeyPem, keyId, teamId },
      address: listener.host,
      port: listener.port,
      ca: [network.caPem!],
      production: false,
    };
    const provider = new apn.Provider(options);
    closing.push(() => provider.shutdown());
    phones.get(GONE)!.become('unregistered');
    const note = new apn.Notification();
    note.topic = topic;
    note.alert = 'New message';
    note.mutableContent = true;
    note.payload = { messageId: 'impl-1' };
    const result = await provider.send(note, [TOKEN, GONE, 'ef'.repeat(32)]);
    expect(result.sent.map((one) => one.device)).toEqual([TOKEN]);
    const reasons = result.failed.map((one) => [one.status, one.response?.reason] as const);
    expect(new Map(reasons.map(([status, reason]) => [String(status), reason]))).toEqual(
      new Map([
        ['410', 'Unregistered'],
        ['400', 'BadDeviceToken'],
      ]),
    );
    await arrived(1);
    expect(phones.get(TOKEN)!.received[0]).toMatchObject({
      mutable: true,
      priority: 'high',
      payload: { messageId: 'impl-1' },
    });
    world.arm('throttle', { to: 0 });
    const throttled = await provider.send(note, TOKEN);
    expect(throttled.failed[0]).toMatchObject({ response: { reason: 'TooManyRequests' } });
  });

  it('serves many streams on one connection, each with its own answer', async () => {
    const { apns, network, listener, arrived, clock } = await serve();
    const { keyId, teamId, privateKeyPem, topic } = apns.credentials;
    const iat = Math.floor(clock.epochMillis() / 1000);
    const bearer = createEs256Signer(privateKeyPem)({ iss: teamId, iat }, { kid: keyId });
    const session = connect(listener.url, { ca: network.caPem! });
    closing.push(() => session.destroy());
    const push = (id: string) =>
      new Promise<unknown>((resolve, reject) => {
        const stream = session.request({
          ':method': 'POST',
          ':path': `/3/device/${TOKEN}`,
          authorization: `bearer ${bearer}`,
          'apns-topic': topic,
          'apns-push-type': 'alert',
          'apns-id': id,
        });
        stream.on('response', (headers) => resolve([headers[':status'], headers['apns-id']]));
        stream.on('error', reject);
        stream.resume();
        stream.end('{"aps":{"alert":"x"}}');
      });
    const ids = Array.from({ length: 200 }, (_, number) => {
      return `11111111-2222-4333-8444-${String(number).padStart(12, '0')}`;
    });
    expect(await Promise.all(ids.map(push))).toEqual(ids.map((id) => [200, id]));
    await arrived(200);
  });
});
