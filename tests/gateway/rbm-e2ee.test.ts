import { describe, expect, it } from 'vitest';
import type { MlsMember, PendingCommit } from '../../simulators/protocol/mls/types.ts';
import { devicePlan } from '../device/stage.ts';
import { ANA, rbmStage } from './rbm-stage.ts';
import type { RbmStage } from './rbm-stage.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

interface Claimed {
  readonly deviceId: string;
  readonly keyPackage: string;
  readonly reference: string;
}

/** A business's client, as docs/gateway-rbm.md tells to write one. */
async function conversation(devices = [devicePlan('1'), devicePlan('2')]) {
  const world = await rbmStage(devices);
  await world.authorize();
  await world.connect();
  const engine = world.owned.engineOf('business');
  let sent = 0;

  const claim = async (deviceIds?: readonly string[]): Promise<readonly Claimed[]> => {
    const path = `/v1/phones/${ANA}/keyPackages:claim?agentId=bellwether`;
    const answer = await world.call('POST', path, deviceIds === undefined ? {} : { deviceIds });
    expect(answer.status).toBe(200);
    return answer.json['keyPackages'] as unknown as readonly Claimed[];
  };
  const packages = (claimed: readonly Claimed[]): Uint8Array[] =>
    claimed.map(({ keyPackage }) => Buffer.from(keyPackage, 'base64'));
  const post = (mls: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    world.call('POST', world.pathOf(`mls-${++sent}`), { contentMessage: { mls }, ...more });
  const control = (member: MlsMember, body: Uint8Array, more: Record<string, unknown> = {}) =>
    post({
      contentType: 'message/mls-rcs-client',
      eraId: 1,
      epochAuthenticator: base64(member.epochAuthenticator),
      body: base64(body),
      ...more,
    });
  /** The authenticator that a Commit goes with is of the epoch after it. */
  const commit = (member: MlsMember, pending: PendingCommit) => {
    const after = engine.deserialize(pending.serializeApplied());
    return control(member, pending.commit, {
      epochAuthenticator: base64(after.epochAuthenticator),
    });
  };
  const welcomeFacts = (member: MlsMember) => ({
    groupId: base64(member.groupId),
    epoch: member.epoch,
  });
  const text = async (member: MlsMember, written: string, eraId = 1) =>
    post({
      contentType: 'message/mls',
      eraId,
      epochAuthenticator: base64(member.epochAuthenticator),
      body: base64(await member.encrypt(Buffer.from(written))),
    });
  const begin = async (name = 'g', eraId = 1): Promise<MlsMember> => {
    const member = await engine.createGroup(Buffer.from(name), 'agent:bellwether');
    const pending = await member.add(packages(await claim()));
    if (pending.kind === 'refused') throw new Error(pending.detail);
    await pending.apply();
    const answer = await control(member, pending.welcome!, { ...welcomeFacts(member), eraId });
    expect(answer.status).toBe(200);
    return member;
  };
  return { world, engine, claim, packages, post, control, commit, welcomeFacts, text, begin };
}

const displayed = (world: RbmStage): string[] =>
  world
    .of('device.displayed')
    .map(({ device, message, padlock }) => `${device.slice(-1)} ${message} ${padlock}`);

describe('an encrypted conversation', () => {
  it('reaches both devices with a padlock, and no observer sees a word of it', async () => {
    const { world, begin, text } = await conversation();
    const member = await begin();
    const answer = await text(member, world.planned('alerts-1'));
    expect(answer.status).toBe(200);
    await world.run();
    expect(displayed(world).toSorted()).toEqual(['1 alerts-1 true', '2 alerts-1 true']);
    expect(world.types()).toEqual(['DELIVERED', 'READ']);
    expect(world.of('tap.scanned').filter(({ found }) => found.length > 0)).toEqual([]);
    const requests = world.of('door.request').slice(-2);
    expect(requests).toMatchObject([
      { operation: 'mls-control', channel: 'rcs-e2ee', wire: 'rbm:mls-1' },
      { operation: 'send', channel: 'rcs-e2ee', wire: 'rbm:mls-2', person: 'ana' },
    ]);
    expect(requests[1]).not.toHaveProperty('message');
    expect(world.of('mls.encrypted')).toMatchObject([{ group: '67', epoch: 1, wire: 'rbm:mls-2' }]);
    expect(world.of('mls.claimed').map(({ device }) => device)).toEqual([
      'person/ana/device/1',
      'person/ana/device/2',
    ]);
    expect(world.gateway.unfinished()).toEqual([]);
  });

  it('hands each key package out once', async () => {
    const { claim } = await conversation();
    const references = [...(await claim()), ...(await claim())].map(({ reference }) => reference);
    expect(new Set(references).size).toBe(4);
  });

  it('lists devices, and says which can be in a group', async () => {
    const { world } = await conversation([devicePlan('1'), devicePlan('2', { e2ee: false })]);
    const path = `/v1/phones/${ANA}/devices?agentId=bellwether`;
    const answer = await world.call('GET', path);
    expect(answer.json).toEqual({
      devices: [
        { deviceId: '1', e2ee: true, attestation: 'passed' },
        { deviceId: '2', e2ee: false, attestation: 'passed' },
      ],
    });
    world.owner.phone('1')!.revoke('x');
    expect((await world.call('GET', path)).json).toEqual({
      devices: [{ deviceId: '2', e2ee: false, attestation: 'passed' }],
    });
    expect(world.of('door.answered').at(-1)!.meaning).toMatchObject([
      { channels: ['rcs-e2ee'], says: 'unavailable', scope: { person: 'ana' } },
    ]);
  });

  it('refuses a number without any device that can', async () => {
    const { world, claim, post } = await conversation([devicePlan('1', { e2ee: false })]);
    expect(await claim()).toEqual([]);
    expect(world.of('door.answered').at(-1)!.meaning).toMatchObject([{ says: 'unavailable' }]);
    const { engine } = { engine: world.owned.engineOf('other') };
    const member = await engine.createGroup(Buffer.from('g'), 'agent:bellwether');
    const answer = await post({
      contentType: 'message/mls',
      eraId: 1,
      epochAuthenticator: base64(member.epochAuthenticator),
      body: base64(await member.encrypt(Buffer.from('x'))),
    });
    expect(answer).toMatchObject({
      status: 400,
      json: {
        error: {
          status: 'FAILED_PRECONDITION',
          details: [{ reason: 'encryption-not-available' }],
        },
      },
    });
    expect(world.of('door.answered').at(-1)).toMatchObject({ outcome: 'unavailable' });
  });
});

describe('the conversation focus', () => {
  it('accepts one Commit per epoch and tells the loser the present one', async () => {
    const { world, begin, commit, text } = await conversation();
    const member = await begin();
    const winner = await member.remove(['tel:' + ANA + '/2']);
    if (winner.kind === 'refused') throw new Error(winner.detail);
    expect((await commit(member, winner)).status).toBe(200);
    const stale = await text(member, world.planned('alerts-1'));
    expect(stale).toMatchObject({
      status: 409,
      json: {
        error: {
          status: 'ABORTED',
          details: [
            {
              reason: 'incorrect-epoch',
              metadata: { groupId: base64(Buffer.from('g')), epoch: '2', eraId: '1' },
            },
          ],
        },
      },
    });
    expect(world.of('door.answered').at(-1)).toMatchObject({ outcome: 'conflict' });
    const loser = await commit(member, winner);
    expect(loser.status).toBe(409);
    await winner.apply();
    expect((await text(member, world.planned('alerts-2'))).status).toBe(200);
    await world.run();
    expect(displayed(world)).toEqual(['1 alerts-2 true']);
  });

  it('answers a repeated Commit with its first result', async () => {
    const { world, begin } = await conversation();
    const member = await begin();
    const pending = await member.update();
    if (pending.kind === 'refused') throw new Error(pending.detail);
    const mls = {
      contentType: 'message/mls-rcs-client',
      eraId: 1,
      epochAuthenticator: base64(member.epochAuthenticator),
      body: base64(pending.commit),
    };
    const again = () => world.call('POST', world.pathOf('c-1'), { contentMessage: { mls } });
    expect([(await again()).status, (await again()).status]).toEqual([200, 200]);
  });

  it('lets a new group replace the old one only in a later era', async () => {
    const { world, engine, claim, packages, control, welcomeFacts, begin, text } =
      await conversation([devicePlan('1')]);
    const old = await begin('g', 1);
    const next = await engine.createGroup(Buffer.from('h'), 'agent:bellwether');
    const pending = await next.add(packages(await claim()));
    if (pending.kind === 'refused') throw new Error(pending.detail);
    await pending.apply();
    const facts = welcomeFacts(next);
    const same = await control(next, pending.welcome!, { ...facts, eraId: 1 });
    expect(same).toMatchObject({
      status: 409,
      json: { error: { details: [{ reason: 'incorrect-era', metadata: { eraId: '1' } }] } },
    });
    expect((await control(next, pending.welcome!, { ...facts, eraId: 2 })).status).toBe(200);
    expect(await text(old, 'x')).toMatchObject({
      status: 409,
      json: { error: { details: [{ reason: 'mls-group-not-found' }] } },
    });
    expect((await text(next, world.planned('alerts-1'), 2)).status).toBe(200);
    await world.run();
    expect(displayed(world)).toEqual(['1 alerts-1 true']);
  });

  it('knows no group before a Welcome', async () => {
    const { engine, text } = await conversation();
    const member = await engine.createGroup(Buffer.from('g'), 'agent:bellwether');
    expect(await text(member, 'x')).toMatchObject({
      status: 409,
      json: { error: { details: [{ reason: 'mls-group-not-found', metadata: {} }] } },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no MLSMessage', { body: base64(Buffer.from('hello')) }],
    ['an era of zero', { eraId: 0 }],
    ['a short authenticator', { epochAuthenticator: base64(new Uint8Array(16)) }],
    ['another content type', { contentType: 'text/plain' }],
    ['application data called a handshake', { contentType: 'message/mls-rcs-client' }],
    ['another group than the body', { groupId: base64(Buffer.from('other')) }],
    ['another epoch than the body', { epoch: 7 }],
    ['an unknown field', { padding: true }],
    ['base64url', { body: 'a-_b' }],
  ])('refuses %s', async (_, change) => {
    const { world, begin, post } = await conversation([devicePlan('1')]);
    const member = await begin();
    const answer = await post({
      contentType: 'message/mls',
      eraId: 1,
      epochAuthenticator: base64(member.epochAuthenticator),
      body: base64(await member.encrypt(Buffer.from('x'))),
      ...change,
    });
    expect(answer).toMatchObject({ status: 400, json: { error: { status: 'INVALID_ARGUMENT' } } });
    expect(world.of('mls.encrypted')).toEqual([]);
  });

  it('wants group and epoch with a Welcome, and the present epoch', async () => {
    const { begin, control, claim, packages, welcomeFacts } = await conversation();
    const member = await begin();
    const pending = await member.commit({ add: packages(await claim(['1'])), remove: [1] });
    if (pending.kind === 'refused') throw new Error(pending.detail);
    const { groupId } = welcomeFacts(member);
    expect((await control(member, pending.welcome!)).status).toBe(400);
    expect((await control(member, pending.welcome!, { groupId })).status).toBe(400);
    const early = await control(member, pending.welcome!, { groupId, epoch: pending.epoch });
    expect(early.status).toBe(409);
  });
});

describe('changes of a number', () => {
  it('announces a removed device, which then hears nothing that it can read', async () => {
    const { world, begin, commit, text } = await conversation();
    const member = await begin();
    await world.run(5);
    world.owner.phone('2')!.revoke('a revoke');
    await world.run(1);
    expect(world.notifications.at(-1)!.data).toMatchObject({
      phoneNumber: ANA,
      eventType: 'DEVICE_REMOVED',
      deviceId: '2',
    });
    const pending = await member.remove([`tel:${ANA}/2`]);
    if (pending.kind === 'refused') throw new Error(pending.detail);
    expect((await commit(member, pending)).status).toBe(200);
    await pending.apply();
    await text(member, world.planned('alerts-1'));
    await world.run();
    expect(displayed(world)).toEqual(['1 alerts-1 true']);
    expect(world.of('mls.removed')).toMatchObject([{ device: 'person/ana/device/2' }]);
    expect(world.of('mls.decrypted').filter(({ afterRevocation }) => afterRevocation)).toEqual([]);
    const refusals = world.of('mls.refused').map(({ device }) => device);
    expect(refusals).toContain('person/ana/device/2');
  });

  it('lets a removed device read on when the sender forgets to remove it', async () => {
    const { world, begin, text } = await conversation();
    const member = await begin();
    await world.run(5);
    world.owner.phone('2')!.revoke('a revoke');
    await text(member, world.planned('alerts-1'));
    await world.run();
    expect(world.of('mls.decrypted').filter(({ afterRevocation }) => afterRevocation)).toHaveLength(
      1,
    );
    expect(displayed(world)).toEqual(['1 alerts-1 true']);
  });

  it('reports lost keys, announces the new ones, and lets the device in again', async () => {
    const { world, begin, control, commit, text, claim, packages, welcomeFacts } =
      await conversation();
    const member = await begin();
    await world.run(5);
    world.owner.phone('1')!.loseKeys('a key-loss');
    expect((await claim()).map(({ deviceId }) => deviceId)).toEqual(['2']);
    await text(member, world.planned('alerts-1'));
    await world.run(20);
    const told = world.notifications.map(({ data }) => data);
    expect(told.find(({ eventType }) => eventType === 'MLS_FAILURE')).toMatchObject({
      deviceId: '1',
      messageId: 'mls-2',
      reason: 'mls-group-not-found',
    });
    expect(world.of('callback.sent').find(({ event }) => event === 'MLS_FAILURE')).toMatchObject({
      device: 'person/ana/device/1',
      meaning: [{ scope: { device: 'person/ana/device/1' }, says: 'unavailable' }],
    });
    expect(told.find(({ eventType }) => eventType === 'DEVICE_ADDED')).toMatchObject({
      deviceId: '1',
      e2ee: true,
    });
    const add = packages(await claim(['1']));
    const pending = await member.commit({ add, remove: [`tel:${ANA}/1`] });
    if (pending.kind === 'refused') throw new Error(pending.detail);
    expect((await commit(member, pending)).status).toBe(200);
    await pending.apply();
    const facts = welcomeFacts(member);
    expect((await control(member, pending.welcome!, facts)).status).toBe(200);
    await text(member, world.planned('alerts-2'));
    await world.run();
    expect(
      displayed(world)
        .filter((line) => line.includes('alerts-2'))
        .toSorted(),
    ).toEqual(['1 alerts-2 true', '2 alerts-2 true']);
    const failures = world.of('callback.sent').filter(({ event }) => event === 'MLS_FAILURE');
    expect(failures).toHaveLength(1);
  });

  it('says nothing of numbers that nobody asked about', async () => {
    const { world } = await conversation();
    world.owner.phone('2')!.revoke('a revoke');
    await world.run();
    expect(world.types()).toEqual([]);
  });
});

describe('an answer from the person', () => {
  it('arrives as ciphertext with what is needed to read it', async () => {
    const { world, begin } = await conversation([devicePlan('1')]);
    await begin();
    const body = Buffer.from('ciphertext');
    const device = 'person/ana/device/1';
    const contentType = 'message/mls';
    const content = {
      kind: 'mls',
      contentType,
      eraId: 1,
      epochAuthenticator: 'AAAA',
      body,
    } as const;
    world.gateway.userMessage({ person: 'ana', device, content });
    await world.run(5);
    expect(world.notifications.at(-1)!.data).toMatchObject({
      phoneNumber: ANA,
      eventType: 'MLS_MESSAGE',
      deviceId: '1',
      mls: { contentType: 'message/mls', eraId: 1, body: base64(body) },
    });
  });
});
