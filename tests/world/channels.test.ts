import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { WireResponse } from '../../simulators/network/wire.ts';
import { createMlsEngine } from '../../simulators/protocol/mls/engine.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { Service } from './stage.ts';
import { cellOf, worldStage } from './stage.ts';

const ANA = '+999100000001';
const BEN = '+999100000002';
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe('a world brings', () => {
  test('an open text by RBM to both phones, with its receipts back', async () => {
    const stage = await worldStage();
    expect(await stage.connect()).toEqual([]);
    const answer = await stage.send(ANA, 'm-1', { text: stage.plan('alerts-1') });
    expect(answer.status).toBe(200);
    await stage.run();
    expect(stage.of('device.displayed')).toMatchObject([
      { device: 'person/ana/device/1', channel: 'rcs', message: 'alerts-1', padlock: false },
      { device: 'person/ana/device/2', channel: 'rcs', message: 'alerts-1', padlock: false },
    ]);
    expect(stage.callbacks.map(({ eventType }) => eventType)).toEqual(['DELIVERED', 'READ']);
    expect(stage.world.unfinished()).toEqual([]);
    expect(stage.clock.pending).toBe(0);
  });

  test('an end-to-end encrypted text to both phones, and an encrypted answer back', async () => {
    const stage = await worldStage();
    await stage.connect();
    const business = createRandom('business');
    const engine = createMlsEngine({
      random: (length) => business.bytes(length),
      nowSeconds: () => Math.floor(stage.clock.epochMillis() / 1000),
    });
    const claim = await stage.rbm(
      'POST',
      `/v1/phones/${ANA}/keyPackages:claim?agentId=bellwether`,
      {},
    );
    const packages = claim.json['keyPackages'] as { keyPackage: string }[];
    expect(packages).toHaveLength(2);
    const groupId = Buffer.from('g');
    const member = await engine.createGroup(groupId, 'agent:bellwether', { era: 1 });
    const pending = await member.add(
      packages.map(({ keyPackage }) => Buffer.from(keyPackage, 'base64')),
    );
    if (pending.kind === 'refused') throw new Error(pending.detail);
    await pending.apply();
    const mls = (contentType: string, body: Uint8Array, more: object = {}) => ({
      mls: {
        contentType,
        eraId: 1,
        epochAuthenticator: base64(member.epochAuthenticator),
        body: base64(body),
        ...more,
      },
    });
    const facts = { groupId: base64(groupId), epoch: 1 };
    const welcome = mls('message/mls-rcs-client', pending.welcome!, facts);
    expect((await stage.send(ANA, 'w-1', welcome)).status).toBe(200);
    const body = await member.encrypt(Buffer.from(stage.plan('alerts-1')));
    expect((await stage.send(ANA, 'c-1', mls('message/mls', body))).status).toBe(200);
    await stage.run();
    expect(stage.of('device.displayed')).toMatchObject([
      { channel: 'rcs-e2ee', message: 'alerts-1', padlock: true },
      { channel: 'rcs-e2ee', message: 'alerts-1', padlock: true },
    ]);
    const seen = stage.of('tap.scanned').filter(({ found }) => found.length > 0);
    expect(seen).toEqual([]);

    stage.world.reply('ana', 'Yes, it was me', 'replies-1');
    await stage.run();
    const answer = stage.callbacks.find(({ eventType }) => eventType === 'MLS_MESSAGE');
    const { body: encrypted } = (answer?.['mls'] ?? { body: '' }) as { body: string };
    const read = await member.process(Buffer.from(encrypted, 'base64'));
    if (read.kind !== 'application') throw new Error(read.kind);
    expect(Buffer.from(read.plaintext).toString()).toBe('Yes, it was me');
    expect(read.senderIdentity).toBe(`tel:${ANA}/1`);
    expect(stage.of('business.received')).toMatchObject([
      { person: 'ana', channel: 'rcs-e2ee', message: 'replies-1' },
    ]);
    expect(stage.errors).toEqual([]);
  });

  test('what a person writes without a network leaves when there is one', async () => {
    const stage = await worldStage();
    await stage.connect({});
    const lift = stage.world.targets.get('person/ana/device/1')!.verbs['offline']!({
      params: {},
      ledger: { fault: 'f', hits: () => true, touched: () => {} },
    });
    stage.world.reply('ana', stage.plan('replies-1'), 'replies-1');
    await stage.run(5);
    expect(stage.of('carried')).toEqual([]);
    lift();
    await stage.run();
    expect(stage.of('business.received')).toMatchObject([{ message: 'replies-1', channel: 'rcs' }]);
    expect(stage.callbacks).toHaveLength(1);
  });

  test('a push by APNs and by FCM, whose content the app fetches', async () => {
    const texts = new Map<string, string>();
    const service: Service = ({ path }) => {
      const text = texts.get(path.slice('/v1/app/messages/'.length));
      return { status: 200, headers: {}, body: JSON.stringify({ text }) };
    };
    const stage = await worldStage(cellOf(), service);
    await stage.connect({
      app: {
        push: { apns: '/messageId', fcm: '/data/messageId' },
        fetch: { path: '/v1/app/messages/{{push.messageId}}', text: '/text' },
      },
    });
    texts.set('a', stage.plan('alerts-1'));
    texts.set('b', stage.plan('alerts-2', 'ben'));
    const tokenOf = (person: string): string => {
      const [device] = stage.world.registration(person).devices;
      return device?.pushToken ?? '';
    };
    const alert = { aps: { alert: 'You have a message', 'mutable-content': 1 }, messageId: 'b' };
    expect((await stage.apns(tokenOf('ben'), alert)).status).toBe(200);
    const data = { token: tokenOf('ana'), data: { messageId: 'a' }, android: { priority: 'high' } };
    expect((await stage.fcm(data)).status).toBe(200);
    await stage.run();
    expect(stage.of('device.displayed')).toMatchObject([
      { person: 'ben', channel: 'app-push', message: 'alerts-2' },
      { person: 'ana', channel: 'app-push', message: 'alerts-1' },
    ]);
    expect(stage.world.unfinished()).toEqual([]);
  });

  test('the news of an invalid push token, and the new token', async () => {
    const stage = await worldStage();
    const told: string[] = [];
    stage.world.onRegistrationChanged((person, device) => told.push(`${person} ${device}`));
    const [before] = stage.world.registration('ben').devices;
    const target = stage.world.targets.get('person/ben/device/1');
    const ledger = { fault: 'rotated', hits: () => true, touched: () => {} };
    const lift = target!.verbs['token-invalid']!({ params: {}, ledger });
    const alert = { aps: { alert: 'x' } };
    expect((await stage.apns(before!.pushToken, alert)).status).toBe(410);
    lift();
    expect(told).toEqual(['ben 1']);
    const [after] = stage.world.registration('ben').devices;
    expect((await stage.apns(before!.pushToken, alert)).status).toBe(410);
    expect((await stage.apns(after!.pushToken, alert)).status).toBe(200);
  });

  test('no push to a token of the other provider', async () => {
    const stage = await worldStage();
    const [apple] = stage.world.registration('ben').devices;
    const message = { token: apple!.pushToken, data: { a: 'b' } };
    expect((await stage.fcm(message)).status).not.toBe(200);
    await stage.run();
    expect(stage.of('device.received')).toEqual([]);
  });

  test('callbacks signed with the token that the implementation chose', async () => {
    const stage = await worldStage();
    await stage.connect({ callbacks: { rbm: { path: '/webhooks/rbm', clientToken: 'chosen' } } });
    await stage.send(ANA, 'm-1', { text: stage.plan('alerts-1') });
    await stage.run();
    const [{ data, signature }] = stage.signed as [{ data: string; signature: string }];
    const expected = createHmac('sha512', 'chosen').update(Buffer.from(data, 'base64'));
    expect(signature).toBe(expected.digest('base64'));
  });

  test('a link by RBM, which the person opens by signing in', async () => {
    let content = '';
    let code = '';
    const page = (body: string, status = 200): WireResponse => ({
      status,
      headers: { 'content-type': 'text/html', 'cache-control': 'no-store' },
      body: `<title>Message</title>${body}`,
    });
    const stage = await worldStage(cellOf(), ({ method, body }) => {
      if (method === 'GET') return page('<form method="post"><input name="code"></form>');
      const sent = new URLSearchParams(Buffer.from(body).toString()).get('code');
      return sent === code ? page(content) : page('wrong', 403);
    });
    content = stage.plan('alerts-1', 'ben');
    code = stage.world.recipientValues('ben')['recipient.signInCode'] ?? '';
    await stage.connect({
      link: {
        hosts: ['notify.acme.example'],
        signIn: { fields: { code: '{{recipient.signInCode}}' } },
      },
    });
    await stage.send(BEN, 'l-1', { text: 'A message for you: https://notify.acme.example/l/1' });
    await stage.run();
    expect(stage.of('device.link-opened').map(({ outcome }) => outcome)).toEqual([
      'no-content',
      'no-content',
      'no-content',
      'content',
      'no-content',
      'no-content',
    ]);
    expect(stage.of('device.displayed')).toMatchObject([
      { channel: 'secure-link', message: 'alerts-1' },
    ]);
  });
});
