import { describe, expect, test } from 'vitest';
import type { MlsMember } from '../../simulators/protocol/mls/types.ts';
import { AwakeMembers } from '../../simulators/device/keys/awake.ts';
import type { Phone } from '../../simulators/device/phone.ts';
import { Owner } from '../../simulators/device/owner.ts';
import { devicePlan, mlsContent, personPlan, stage } from './stage.ts';

type Stage = ReturnType<typeof stage>;

async function claim(phone: Phone): Promise<Uint8Array> {
  const claimed = await phone.claimKeyPackage();
  if (claimed === undefined) throw new Error('no key package');
  return claimed.keyPackage;
}

/** A business that makes a group with these phones, and hands out the Welcome. */
async function group(
  { engineOf }: Stage,
  phones: readonly Phone[],
): Promise<{ member: MlsMember; welcome: Uint8Array }> {
  const engine = engineOf('business');
  const member = await engine.createGroup(Buffer.from('group'), 'agent:bank');
  const packages: Uint8Array[] = [];
  for (const phone of phones) packages.push(await claim(phone));
  const pending = await member.add(packages);
  if (pending.kind === 'refused') throw new Error(pending.detail);
  await pending.apply();
  return { member, welcome: pending.welcome! };
}

const utf8 = (text: string): Uint8Array => Buffer.from(text);
const control = (body: Uint8Array) => mlsContent(body, 'message/mls-rcs-client');

describe('a phone with MLS', () => {
  test('joins by Welcome, decrypts, and displays with padlock on every device', async () => {
    const world = stage([devicePlan('1'), devicePlan('2')]);
    const { owner, plan, bring, of, run } = world;
    const { member, welcome } = await group(world, owner.handsets);
    const body = await member.encrypt(utf8(`Pay? Code ${plan('alerts-1')}`));
    for (const phone of owner.handsets) {
      bring(phone, control(welcome));
      bring(phone, mlsContent(body));
    }
    await run();
    expect(of('mls.joined').map(({ device, epoch }) => [device, epoch])).toEqual([
      ['person/ana/device/1', 1],
      ['person/ana/device/2', 1],
    ]);
    expect(of('device.displayed')).toMatchObject([
      { device: 'person/ana/device/1', channel: 'rcs-e2ee', padlock: true, message: 'alerts-1' },
      { device: 'person/ana/device/2', channel: 'rcs-e2ee', padlock: true, message: 'alerts-1' },
    ]);
    expect(world.failures).toEqual([]);
  });

  test('keeps a ciphertext that overtook its Welcome, for up to three seconds', async () => {
    const world = stage([devicePlan('1')]);
    const { phone, plan, bring, of, run, clock } = world;
    const { member, welcome } = await group(world, [phone]);
    const early = bring(phone, mlsContent(await member.encrypt(utf8(plan('alerts-1')))));
    await run(2_500_000);
    expect(early).toEqual([]);
    bring(phone, control(welcome));
    await run(1_000_000);
    expect(early).toEqual(['delivered']);
    expect(of('device.displayed')).toHaveLength(1);
    expect(of('mls.refused')).toEqual([]);
    await run();
    expect(clock.pending).toBe(0);
  });

  test('keeps a ciphertext that overtook the Commit into its epoch', async () => {
    const world = stage([devicePlan('1')]);
    const { phone, plan, bring, of, run } = world;
    const { member, welcome } = await group(world, [phone]);
    bring(phone, control(welcome));
    const pending = await member.update();
    if (pending.kind === 'refused') throw new Error(pending.detail);
    await pending.apply();
    const early = bring(phone, mlsContent(await member.encrypt(utf8(plan('alerts-1')))));
    await run(1_000_000);
    expect(early).toEqual([]);
    bring(phone, control(pending.commit));
    await run();
    expect(early).toEqual(['delivered', 'displayed']);
    expect(of('device.displayed')).toMatchObject([{ message: 'alerts-1' }]);
  });

  test('keeps so many early messages and no more', async () => {
    const world = stage([devicePlan('1')]);
    const { phone, bring, run } = world;
    const { member } = await group(world, [phone]);
    const told: string[][] = [];
    for (let n = 0; n < 65; n++) {
      told.push(bring(phone, mlsContent(await member.encrypt(utf8(`${n}`)))));
    }
    await run(1_000_000);
    expect(told.filter((words) => words.length > 0)).toHaveLength(1);
    await run();
    expect(told.filter((words) => words.length > 0)).toHaveLength(65);
  });

  test('uses a key package once: a Welcome that comes again is refused', async () => {
    const world = stage([devicePlan('1')]);
    const { phone, bring, of, run } = world;
    const { welcome } = await group(world, [phone]);
    bring(phone, control(welcome));
    const again = bring(phone, control(welcome));
    await run();
    // A replay is no failure of the sender's: nobody is asked for anything again.
    expect(again).toEqual([]);
    expect(of('mls.refused')).toMatchObject([{ reason: 'replayed' }]);
    expect(of('mls.joined')).toHaveLength(1);
  });

  test('whose person keeps read receipts to themselves tells delivery only', async () => {
    const world = stage([devicePlan('1')]);
    const person = { ...personPlan('ana', [devicePlan('1')]), readReceipts: false };
    const [phone] = new Owner(person, world.context).handsets;
    const { member, welcome } = await group(world, [phone!]);
    world.bring(phone!, control(welcome));
    const body = await member.encrypt(utf8(world.plan('alerts-1')));
    const told = world.bring(phone!, mlsContent(body));
    await world.run();
    expect(world.of('device.read')).toHaveLength(1);
    expect(told).toEqual(['delivered']);
  });

  test('reports a ciphertext of a group that it never joined', async () => {
    const world = stage([devicePlan('1')]);
    const { phone, bring, of, run } = world;
    const { member } = await group(world, [phone]);
    const told = bring(phone, mlsContent(await member.encrypt(utf8('x'))));
    await run();
    expect(told).toEqual(['failed mls-group-not-found']);
    expect(of('mls.refused')).toMatchObject([{ t: 3_000_000, reason: 'mls-group-not-found' }]);
  });

  test('refuses garbage, a replay, and another device’s Welcome without breaking', async () => {
    const world = stage([devicePlan('1'), devicePlan('2')]);
    const { owner, phone, bring, of, run, failures } = world;
    const { member, welcome } = await group(world, [owner.phone('2')!]);
    expect(bring(phone, control(welcome))).toEqual([]);
    const garbage = bring(phone, mlsContent(utf8('not MLS at all')));
    const second = owner.phone('2')!;
    bring(second, control(welcome));
    const body = await member.encrypt(utf8('once'));
    const once = bring(second, mlsContent(body));
    const twice = bring(second, mlsContent(body));
    await run();
    expect(garbage[0]).toMatch(/^failed /);
    expect(once[0]).toBe('delivered');
    expect(twice).toEqual([]);
    expect(of('mls.refused').at(-1)).toMatchObject({ reason: 'replayed' });
    expect(failures).toEqual([]);
  });

  test('that loses its keys reads nothing until it has new ones, and then again', async () => {
    const world = stage([devicePlan('1')]);
    const { phone, plan, bring, of, run } = world;
    const heard: string[] = [];
    phone.onChange((change) => heard.push(change));
    const { member, welcome } = await group(world, [phone]);
    bring(phone, control(welcome));
    await run(1_000_000);
    phone.loseKeys('wiped');
    expect(phone.channels()).not.toContain('rcs-e2ee');
    expect(await phone.claimKeyPackage()).toBeUndefined();
    const lost = bring(phone, mlsContent(await member.encrypt(utf8(plan('alerts-1')))));
    await run(9_000_000);
    expect(lost).toEqual(['failed mls-group-not-found']);
    expect(heard).toEqual(['keys-lost', 'keys-renewed']);
    const again = await group(world, [phone]);
    bring(phone, control(again.welcome));
    bring(phone, mlsContent(await again.member.encrypt(utf8(plan('alerts-2')))));
    await run();
    expect(of('device.displayed').map(({ message }) => message)).toEqual(['alerts-2']);
    expect(of('mls.lost')).toHaveLength(1);
  });

  test('that was removed from the account but not from the group is shown to read on', async () => {
    const world = stage([devicePlan('1'), devicePlan('2')]);
    const { owner, plan, bring, of, run } = world;
    const removed = owner.phone('2')!;
    const { member, welcome } = await group(world, owner.handsets);
    for (const phone of owner.handsets) bring(phone, control(welcome));
    await run(1_000_000);
    removed.revoke('removed');
    const overhear = (body: Uint8Array, wire: string) =>
      removed.overhear({
        wire,
        bearer: 'rcs',
        from: 'agent:bank',
        person: 'ana',
        content: mlsContent(body),
      });
    overhear(await member.encrypt(utf8(plan('alerts-1'))), 'rcs:90');
    await run(1_000_000);
    expect(of('mls.decrypted')).toMatchObject([
      { device: removed.path, message: 'alerts-1', afterRevocation: true },
    ]);
    const pending = await member.remove([removed.identity]);
    if (pending.kind === 'refused') throw new Error(pending.detail);
    await pending.apply();
    overhear(await member.encrypt(utf8(plan('alerts-2'))), 'rcs:91');
    await run(1_000_000);
    expect(of('mls.decrypted')).toHaveLength(1);
    expect(of('mls.refused')).toMatchObject([{ device: removed.path, wire: 'rcs:91' }]);
    expect(of('device.displayed')).toEqual([]);
  });

  test('leaves the group by a Commit that removes it', async () => {
    const world = stage([devicePlan('1'), devicePlan('2')]);
    const { owner, bring, of, run } = world;
    const { member, welcome } = await group(world, owner.handsets);
    for (const phone of owner.handsets) bring(phone, control(welcome));
    await run(1_000_000);
    const pending = await member.remove([owner.phone('2')!.identity]);
    if (pending.kind === 'refused') throw new Error(pending.detail);
    for (const phone of owner.handsets) bring(phone, control(pending.commit));
    await run();
    expect(of('mls.removed').map(({ device }) => device)).toEqual(['person/ana/device/2']);
  });

  test('reads on with a state that was at rest in between', async () => {
    const world = stage([devicePlan('1'), devicePlan('2')]);
    const { owner, plan, bring, of, run, failures } = world;
    const awake = new AwakeMembers((error) => failures.push(error), 1);
    const context = { ...world.context, awake };
    const phones = new Owner(owner.plan, context).handsets;
    const { member, welcome } = await group(world, phones);
    for (const phone of phones) bring(phone, control(welcome));
    for (const message of ['alerts-1', 'alerts-2']) {
      const body = await member.encrypt(utf8(plan(message)));
      for (const phone of phones) bring(phone, mlsContent(body));
      await run(1_000_000);
    }
    expect(awake.count).toBe(1);
    expect(of('mls.decrypted')).toHaveLength(4);
    expect(of('mls.refused')).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('does the same, byte for byte, for the same seed', async () => {
    const story = async (): Promise<string> => {
      const world = stage([devicePlan('1'), devicePlan('2')]);
      const { member, welcome } = await group(world, world.owner.handsets);
      for (const phone of world.owner.handsets) {
        world.bring(phone, control(welcome));
        world.bring(phone, mlsContent(await member.encrypt(utf8(world.plan('alerts-1')))));
      }
      await world.run();
      return world.lines();
    };
    expect(await story()).toBe(await story());
  });
});
