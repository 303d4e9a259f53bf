import { connect } from 'node:http2';
import { expect, test } from 'vitest';
import { createHistory } from '../../simulators/kernel/history.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import { createEs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { createWorld } from '../../simulators/world.ts';
import { cellOf } from './stage.ts';

test('the same world runs on real sockets, APNs over TLS and HTTP/2', async () => {
  const clock = createWallClock();
  const random = createRandom(3);
  const history = createHistory(clock);
  const received = Promise.withResolvers<HistoryEvent>();
  history.subscribe((event) => {
    if (event.kind === 'device.notified') received.resolve(event);
  });
  const ids = createIds(random.fork('ids'));
  const ambient = { clock, random, history, ids, index: createMessageIndex() };
  const network = createSocketNetwork({ clock });
  const cell = cellOf();
  const world = await createWorld({ cell, people: peopleOf(cell), ambient, network });
  const { environment } = world;
  expect(environment['ca.pem']).toContain('BEGIN CERTIFICATE');
  expect(environment['sms.url']).toMatch(/^smpp:\/\/\w+:\w+@127\.0\.0\.1:\d+$/);
  const unsigned = await fetch(`${environment['gateway.rbm.url']}/v1/users:batchGet`, {
    method: 'POST',
    body: '{}',
  });
  expect(unsigned.status).toBe(401);

  const [device] = world.registration('ben').devices;
  const sign = createEs256Signer(environment['push.apns.privateKey'] ?? '');
  const iat = Math.floor(clock.epochMillis() / 1000);
  const kid = environment['push.apns.keyId'] ?? '';
  const jwt = sign({ iss: environment['push.apns.teamId'] ?? '', iat }, { kid });
  const session = connect(environment['push.apns.url'] ?? '', { ca: environment['ca.pem'] ?? '' });
  const stream = session.request({
    ':method': 'POST',
    ':path': `/3/device/${device?.pushToken}`,
    authorization: `bearer ${jwt}`,
    'apns-topic': environment['push.apns.topic'] ?? '',
    'apns-push-type': 'alert',
  });
  stream.end(JSON.stringify({ aps: { alert: 'You have a message' } }));
  const status = await new Promise((resolve) => {
    stream.on('response', (headers) => resolve(headers[':status']));
    stream.resume();
  });
  expect(status).toBe(200);
  expect(await received.promise).toMatchObject({ device: 'person/ben/device/1' });
  // An outage that refuses breaks what is open, too.
  const broken = new Promise((resolve) => session.on('close', () => resolve('closed')));
  session.on('error', () => {});
  const ledger = { fault: 'f', hits: () => true, touched: () => {} };
  world.targets.get('push/apns')!.verbs['outage']!({ params: { mode: 'refuse' }, ledger });
  expect(await broken).toBe('closed');
  await world.stop();
  await network.close();
  clock.stop();
});
