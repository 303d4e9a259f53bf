import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createMlsEngine } from '../../../simulators/protocol/mls/engine.ts';
import type { MlsMember } from '../../../simulators/protocol/mls/types.ts';
import { startBench } from './bench.ts';
import type { Bench, Called, Said } from './bench.ts';

const ANA = '+999000000001';
const SECRET = 'It was not me. BWXCANARY123';
const NOW = Date.parse('2026-01-01T00:00:00Z') / 1000;

/** A gateway, and Ana's phone behind it, which joins the group that it is welcomed to. */
async function withPhone() {
  const random = createRandom('phone');
  const phones = createMlsEngine({
    random: (length) => random.bytes(length),
    nowSeconds: () => NOW + 60,
  });
  const own = await phones.generateKeyPackage(`tel:${ANA}/1`);
  const group: { member?: MlsMember } = {};
  const answer = async ({ url, body }: Called): Promise<Said> => {
    const ok = (said: unknown): Said => ({ status: 200, body: said });
    if (url.pathname.endsWith('/capabilities')) return ok({ features: ['E2EE_MLS'] });
    if (url.pathname.endsWith('keyPackages:claim')) {
      const keyPackage = Buffer.from(own.keyPackage).toString('base64');
      return ok({ keyPackages: [{ deviceId: '1', keyPackage }] });
    }
    if (!url.pathname.endsWith('agentMessages')) return ok({ access_token: 't', expires_in: 3600 });
    const { mls } = (JSON.parse(body) as { contentMessage: { mls?: { body: string } } })
      .contentMessage;
    if (mls !== undefined && group.member === undefined) {
      const joined = await phones.joinFromWelcome(Buffer.from(mls.body, 'base64'), [own.private]);
      if (joined.kind === 'joined') group.member = joined.member;
    }
    return ok({});
  };
  const bench = await startBench({ answer });
  await bench.ask('PUT', '/v1/users/ana', { msisdn: ANA });
  return { bench, group };
}

const replies = async (bench: Bench): Promise<unknown> =>
  (await bench.ask('GET', '/v1/replies')).json()['replies'];

const encrypted = async (member: MlsMember): Promise<Record<string, unknown>> => ({
  phoneNumber: ANA,
  eventType: 'MLS_MESSAGE',
  deviceId: '1',
  messageId: 'r-1',
  mls: {
    contentType: 'message/mls',
    body: Buffer.from(await member.encrypt(Buffer.from(SECRET))).toString('base64'),
  },
});

describe('what a person answers', () => {
  test('in the clear is kept once, sealed, and shown to the organisation', async () => {
    const { bench } = await withPhone();
    const told = { senderPhoneNumber: ANA, messageId: 'r-1', text: SECRET };
    expect((await bench.tell(told)).status).toBe(204);
    expect((await bench.tell(told)).status).toBe(204);
    expect(await replies(bench)).toMatchObject([
      { id: 'r-1', from: 'ana', encrypted: false, text: SECRET },
    ]);
    expect([...bench.values.values(), ...bench.logs].join()).not.toContain('BWXCANARY123');
  });

  test('encrypted is read with the keys of the conversation, also after a kill', async () => {
    const { bench, group } = await withPhone();
    const body = { to: ANA, text: 'Was it you?', sensitivity: 'high', kind: 'alert' };
    await bench.ask('POST', '/v1/messages', body);
    await bench.run(3_000);
    expect((await bench.tell(await encrypted(group.member!))).status).toBe(204);
    await bench.run(100);
    const read = [{ id: 'r-1', from: 'ana', encrypted: true, text: SECRET }];
    expect(await replies(bench)).toMatchObject(read);
    await bench.kill();
    expect(await replies(bench)).toMatchObject(read);
    expect([...bench.values.values(), ...bench.logs].join()).not.toContain('BWXCANARY123');
  });

  test('that no key opens is taken all the same, and stays without a text', async () => {
    const { bench } = await withPhone();
    const random = createRandom('stranger');
    const strangers = createMlsEngine({
      random: (length) => random.bytes(length),
      nowSeconds: () => NOW,
    });
    const member = await strangers.createGroup(random.bytes(16), `tel:${ANA}/1`);
    expect((await bench.tell(await encrypted(member))).status).toBe(204);
    await bench.run(100);
    expect(await replies(bench)).toMatchObject([{ id: 'r-1', encrypted: true, text: null }]);
  });
});
