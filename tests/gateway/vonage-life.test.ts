/** What takes hours at Vonage, and the order of what happens there. */
import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeJwt } from '../../simulators/protocol/jwt/decode.ts';
import { createHs256Verifier } from '../../simulators/protocol/jwt/verify.ts';
import { createRs256Signer } from '../../simulators/protocol/jwt/sign.ts';
import { ANA, BEN, virtualStage } from './vendor-stage.ts';

async function ready(options: Parameters<typeof virtualStage>[1] = {}) {
  const stage = await virtualStage('vonage', options);
  const sign = createRs256Signer(stage.value('privateKey'));
  const api = (method: string, path: string, body?: unknown) => {
    const iat = Math.floor(stage.clock.epochMillis() / 1_000);
    const claims = { application_id: stage.value('applicationId'), jti: 'j', iat, exp: iat + 900 };
    return stage.call(method, path, body, { authorization: `Bearer ${sign(claims)}` });
  };
  const send = (message: object) => api('POST', '/v1/messages', message);
  const told = () =>
    stage.hooks.map(({ json }) => `${String(json['channel'])} ${String(json['status'])}`);
  return { ...stage, api, send, told };
}

const rcs = { channel: 'rcs', message_type: 'text', from: 'Bank' };
const sms = { channel: 'sms', message_type: 'text', from: 'Bank' };

describe('failover', () => {
  it('begins when the time of the first message has run out', async () => {
    const stage = await ready();
    stage.fault('carrier/northtel/rcs', 'outage', { mode: 'black-hole' });
    const text = stage.plan('alerts-1');
    const failover = [{ ...sms, to: ANA, text }];
    await stage.send({ ...rcs, to: ANA, text, ttl: 30, failover });
    await stage.run(29);
    expect(stage.told()).toEqual(['rcs submitted']);
    await stage.run(31);
    expect(stage.told()).toEqual([
      'rcs submitted',
      'rcs rejected',
      'sms submitted',
      'sms delivered',
    ]);
    expect(stage.hooks[1]?.json['error']).toMatchObject({ title: 1360 });
    const told = stage.of('callback.sent').map(({ implies, meaning }) => ({ implies, meaning }));
    expect(told[1]).toMatchObject({
      implies: undefined,
      meaning: [{ channels: ['rcs'], scope: { person: 'ana' }, holds: 'message' }],
    });
    const [first, second] = stage.of('door.request');
    expect(second).toMatchObject({ onBehalf: true, channel: 'sms', message: 'alerts-1' });
    const link = stage.of('carried').find(({ parent }) => parent === first?.wire);
    expect(stage.of('carried').some(({ wire }) => wire === second?.wire)).toBe(true);
    expect(link).toBeDefined();
  });

  it('does not begin while the first message can still arrive', async () => {
    const stage = await ready();
    const text = stage.plan('alerts-1');
    await stage.send({ ...rcs, to: ANA, text, failover: [{ ...sms, to: ANA, text }] });
    await stage.run();
    expect(stage.told()).toEqual(['rcs submitted', 'rcs delivered', 'rcs read']);
  });
});

describe('revocation', () => {
  it('keeps a waiting message from arriving, and its failover too', async () => {
    const stage = await ready();
    const lift = stage.fault('carrier/northtel/rcs', 'outage', { mode: 'black-hole' });
    const failover = [{ ...sms, to: ANA, text: 'B' }];
    const { json } = await stage.send({ ...rcs, to: ANA, text: 'A', ttl: 60, failover });
    await stage.run(5);
    const path = `/v1/messages/${String(json['message_uuid'])}`;
    expect(await stage.api('PATCH', path, { status: 'revoked' })).toMatchObject({ status: 200 });
    lift();
    await stage.run(120);
    expect(stage.of('device.displayed')).toEqual([]);
    expect(stage.told()).toEqual(['rcs submitted']);
    expect(stage.of('revoked')).toMatchObject([{ before: true }]);
    expect(stage.world.unfinished()).toEqual([]);
  });

  it('comes too late for what was delivered, and says so in the history alone', async () => {
    const stage = await ready();
    const { json } = await stage.send({ ...rcs, to: ANA, text: 'A' });
    await stage.run();
    const path = `/v1/messages/${String(json['message_uuid'])}`;
    expect(await stage.api('PATCH', path, { status: 'revoked' })).toMatchObject({ status: 200 });
    expect(stage.of('revoked')).toMatchObject([{ before: false }]);
    await stage.run(86_400);
    const late = await stage.api('PATCH', path, { status: 'revoked' });
    expect(late).toMatchObject({ status: 422, json: { title: 'Unprocessable Entity' } });
  });

  it('needs a JWT', async () => {
    const stage = await ready();
    const { json } = await stage.send({ ...rcs, to: ANA, text: 'A' });
    const pair = `${stage.value('apiKey')}:${stage.value('apiSecret')}`;
    const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    const path = `/v1/messages/${String(json['message_uuid'])}`;
    const answer = await stage.call('PATCH', path, { status: 'revoked' }, { authorization });
    expect(answer.status).toBe(401);
  });
});

describe('capabilities', () => {
  const path = (number: string): string =>
    `/v1/channel-manager/rcs/agents/Bank/google/phones/${number}/capabilities`;

  it('are told by the number, with what they mean', async () => {
    const stage = await ready();
    const able = await stage.api('GET', path(ANA));
    expect(able).toMatchObject({ status: 200 });
    expect(able.json['features']).toContain('RICHCARD');
    expect(await stage.api('GET', path(BEN))).toMatchObject({ status: 404 });
    expect(await stage.api('GET', path('x'))).toMatchObject({ status: 400 });
    expect(stage.of('door.answered').map(({ meaning }) => meaning?.[0]?.says)).toEqual([
      'available',
      'unavailable',
      undefined,
    ]);
  });
});

describe('what people write', () => {
  it('comes by RCS, and a tapped suggestion as a reply with what stood behind it', async () => {
    const stage = await ready();
    const suggestions = [{ type: 'reply', text: 'Yes', postback_data: 'answer=yes' }];
    await stage.send({ ...rcs, to: ANA, text: 'Well?', suggestions });
    await stage.run();
    const before = stage.hooks.length;
    stage.world.reply('ana', 'Hello bank');
    await stage.run(1);
    stage.world.reply('ana', 'Yes', undefined, { postback: 'answer=yes' });
    await stage.run();
    const common = { to: 'Bank', from: ANA, channel: 'rcs' };
    expect(stage.hooks.slice(before).map(({ json }) => json)).toMatchObject([
      { ...common, message_type: 'text', text: 'Hello bank' },
      { ...common, message_type: 'reply', reply: { id: 'answer=yes', title: 'Yes' } },
    ]);
    expect(stage.of('business.received')).toHaveLength(2);
  });

  it('comes where the implementation declares it, apart from statuses', async () => {
    const stage = await ready({ inbound: '/inbound', publicBase: 'https://public.example' });
    await stage.send({ ...sms, to: BEN, text: 'Hi' });
    stage.world.reply('ben', 'Hello bank');
    await stage.run();
    expect(stage.hooks.map(({ path }) => path).toSorted()).toEqual([
      '/hooks',
      '/hooks',
      '/inbound',
    ]);
  });

  it('comes by SMS from a phone without RCS', async () => {
    const stage = await ready();
    stage.world.reply('ben', 'stop it');
    await stage.run();
    expect(stage.hooks[0]?.json).toMatchObject({
      channel: 'sms',
      from: BEN,
      to: stage.value('smsNumber'),
      sms: { keyword: 'STOP' },
    });
  });
});

describe('callbacks', () => {
  it('are repeated with doubling pauses, signed anew each time', async () => {
    const answers = [500, 503, 200];
    const stage = await ready({ answer: (_hook, count) => answers[count - 1] ?? 200 });
    await stage.send({ ...sms, to: BEN, text: 'Hi', webhook_url: 'http://implementation.test/x' });
    await stage.run(120);
    const [first] = stage.of('callback.sent');
    const mine = stage.of('callback.sent').filter(({ callback }) => callback === first?.callback);
    const times = mine.map(({ t }) => Math.round(t / 1e6));
    expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 5]);
    const tokens = stage.hooks.map(({ headers }) => headers['authorization']?.slice(7) ?? '');
    const verify = createHs256Verifier(stage.value('signatureSecret'));
    for (const [index, token] of tokens.entries()) {
      const body = stage.hooks[index]?.body ?? '';
      expect(verify(token).kind).toBe('decoded');
      expect(decodeJwt(token)).toMatchObject({
        claims: { payload_hash: hash('sha256', body, 'hex') },
      });
    }
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(stage.hooks.every(({ path }) => path === '/x')).toBe(true);
  });

  it('have the form of v0.1 where that is asked for', async () => {
    const stage = await ready();
    await stage.send({ ...sms, to: BEN, text: 'Hi', webhook_version: 'v0.1', client_ref: 'r' });
    await stage.run();
    expect(stage.hooks[0]?.json).toMatchObject({
      status: 'submitted',
      client_ref: 'r',
      to: { type: 'sms', number: BEN },
    });
  });

  it('are signed by the new key after a rotation', async () => {
    const stage = await ready();
    const lift = stage.fault('gateway/vonage', 'rotate-signing-key');
    lift();
    await stage.send({ ...sms, to: BEN, text: 'Hi' });
    await stage.run();
    const token = stage.hooks[0]?.headers['authorization']?.slice(7) ?? '';
    expect(createHs256Verifier(stage.value('nextSignatureSecret'))(token).kind).toBe('decoded');
  });
});
