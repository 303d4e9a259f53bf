import { expect, test } from 'vitest';
import type { MlsMember } from '../../simulators/protocol/mls/types.ts';
import type { Phone } from '../../simulators/device/phone.ts';
import { devicePlan, mlsContent, stage } from './stage.ts';

type Stage = ReturnType<typeof stage>;

const octets = (text: string): Uint8Array => Buffer.from(text);

/** A business in a group with one phone, which has joined it. */
async function conversation(world: Stage, phone: Phone): Promise<MlsMember> {
  const member = await world.engineOf('business').createGroup(octets('group'), 'agent:bank');
  const claimed = await phone.claimKeyPackage();
  const pending = await member.add([claimed!.keyPackage]);
  if (pending.kind === 'refused') throw new Error(pending.detail);
  await pending.apply();
  world.bring(phone, mlsContent(pending.welcome!, 'message/mls-rcs-client'));
  await world.run();
  return member;
}

/** A ciphertext for a planned message, seen on its way. */
async function sent(world: Stage, member: MlsMember, message: string): Promise<Uint8Array> {
  const body = await member.encrypt(octets(`Code ${world.plan(message)}`));
  world.context.identification.sent('ana', `rbm:${message}`, body);
  return body;
}

async function identified(world: Stage): Promise<string[]> {
  const done = world.context.identification.identifyAll();
  await world.run(1);
  await done;
  return world.of('mls.identified').map(({ wire, message }) => `${wire} ${message}`);
}

test('what never reached a phone is identified, and can be read there afterwards', async () => {
  const world = stage([devicePlan('1')]);
  const member = await conversation(world, world.phone);
  const first = await sent(world, member, 'alerts-1');
  await sent(world, member, 'alerts-2');
  expect(await identified(world)).toEqual(['rbm:alerts-1 alerts-1', 'rbm:alerts-2 alerts-2']);
  expect(world.of('mls.decrypted')).toEqual([]);
  const told = world.bring(world.phone, mlsContent(first));
  await world.run();
  expect(told).toContain('delivered');
  expect(world.of('device.displayed')).toMatchObject([{ message: 'alerts-1' }]);
});

test('what a wiped phone refused is identified by the keys it had, and stays unread', async () => {
  const world = stage([devicePlan('1')]);
  const member = await conversation(world, world.phone);
  world.phone.loseKeys('wiped');
  const body = await sent(world, member, 'alerts-1');
  world.bring(world.phone, mlsContent(body));
  await world.run();
  expect(await identified(world)).toEqual(['rbm:alerts-1 alerts-1']);
  expect(world.of('mls.refused')).toHaveLength(1);
  expect(world.of('device.displayed')).toEqual([]);
});

test('what a phone opened is not asked about again', async () => {
  const world = stage([devicePlan('1')]);
  const member = await conversation(world, world.phone);
  const body = await member.encrypt(octets(world.plan('alerts-1')));
  world.context.identification.sent('ana', 'rcs:2', body);
  world.bring(world.phone, mlsContent(body));
  await world.run();
  expect(world.of('device.displayed')).toHaveLength(1);
  expect(await identified(world)).toEqual([]);
});

test('more lost ciphertexts than a phone keeps keys for are all identified', async () => {
  const world = stage([devicePlan('1')]);
  const member = await conversation(world, world.phone);
  for (let n = 1; n <= 100; n++) await sent(world, member, `alerts-${n}`);
  await world.run(10_000_000);
  const last = await sent(world, member, 'alerts-101');
  world.bring(world.phone, mlsContent(last));
  await world.run();
  expect(world.of('device.displayed')).toMatchObject([{ message: 'alerts-101' }]);
  const found = (await identified(world)).map((one) => one.split(' ')[1]);
  expect(found.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, n) => `alerts-${n + 1}`));
});

test('what is not for this person’s keys names nothing', async () => {
  const world = stage([devicePlan('1')]);
  await conversation(world, world.phone);
  const stranger = await world.engineOf('other').createGroup(octets('another'), 'agent:other');
  await sent(world, stranger, 'alerts-1');
  world.context.identification.sent('ana', 'rbm:noise', octets('noise'));
  expect(await identified(world)).toEqual([]);
});
