import { describe, expect, it } from 'vitest';
import type { BearerMessage, CoreOutcome } from '../../simulators/network/bearer.ts';
import { devicePlan } from '../device/stage.ts';
import { rbmStage } from '../gateway/rbm-stage.ts';
import type { RbmStage } from '../gateway/rbm-stage.ts';

const DAY = 86_400_000_000;

function submit(world: RbmStage, wire: string, more: Partial<BearerMessage> = {}): string[] {
  const told: string[] = [];
  const outcome: CoreOutcome = {
    delivered: (device) => told.push(`delivered ${device.slice(-1)}`),
    displayed: (device) => told.push(`displayed ${device.slice(-1)}`),
    failed: (device, reason) => told.push(`failed ${device.slice(-1)} ${reason}`),
    expired: () => told.push('expired'),
  };
  const message: BearerMessage = {
    wire,
    bearer: 'rcs',
    from: 'agent:bellwether',
    person: 'ana',
    content: { kind: 'text', text: 'Hello' },
    ...more,
  };
  world.core.submit(message, world.clock.now() + DAY, outcome);
  return told;
}

describe('an RCS core', () => {
  it('takes as long as the carrier says, each way', async () => {
    const world = await rbmStage([devicePlan('1')]);
    submit(world, 'x:1');
    await world.run(1);
    const [carried] = world.of('carried');
    const [received] = world.of('device.received');
    expect(carried).toMatchObject({ wire: 'rcs:1', parent: 'x:1', from: 'agent:bellwether' });
    expect(received!.t - carried!.t).toBeGreaterThanOrEqual(20_000);
    expect(received!.t - carried!.t).toBeLessThanOrEqual(60_000);
  });

  it('keeps the order of what one person is sent', async () => {
    const world = await rbmStage([devicePlan('1')]);
    for (let n = 1; n <= 20; n++) submit(world, `x:${n}`);
    await world.run(1);
    const wires = world.of('device.received').map(({ wire }) => wire);
    expect(wires).toEqual(Array.from({ length: 20 }, (_, n) => `rcs:${n + 1}`));
  });

  it('brings a message only to the devices that it names', async () => {
    const world = await rbmStage([devicePlan('1'), devicePlan('2')]);
    const told = submit(world, 'x:1', { devices: ['2'] });
    await world.run(5);
    expect(told).toEqual(['delivered 2']);
  });

  it('brings ciphertext only to devices that can read it', async () => {
    const world = await rbmStage([devicePlan('1', { e2ee: false }), devicePlan('2')]);
    const told = submit(world, 'x:1', {
      content: {
        kind: 'mls',
        contentType: 'message/mls',
        eraId: 1,
        epochAuthenticator: '',
        body: Buffer.from('no MLSMessage'),
      },
    });
    await world.run(10);
    expect(told).toEqual([expect.stringMatching(/^failed 2 /)]);
  });

  it('revokes only what no phone has got', async () => {
    const world = await rbmStage([devicePlan('1')]);
    submit(world, 'x:1');
    expect(world.core.revoke('x:1')).toBe(true);
    expect(world.core.revoke('x:1')).toBe(false);
    submit(world, 'x:2');
    await world.run(1);
    expect(world.core.revoke('x:2')).toBe(false);
    expect(world.of('device.received').map(({ wire }) => wire)).toEqual(['rcs:2']);
  });

  it('revokes nothing that one of two phones has got', async () => {
    const world = await rbmStage([devicePlan('1'), devicePlan('2', { online: false })]);
    submit(world, 'x:1');
    await world.run(1);
    expect(world.core.revoke('x:1')).toBe(false);
    expect(world.of('revoked')).toEqual([]);
  });

  it('asks for one of a throttled backlog at a time, so that its hits are no flood', async () => {
    const world = await rbmStage([devicePlan('1')]);
    const fault = world.arm(world.core.target, 'throttle', { to: 1, retryAfterMicros: 1_000_000 });
    for (let n = 1; n <= 20; n++) submit(world, `x:${n}`);
    await world.run(60);
    expect(world.of('device.received')).toHaveLength(20);
    expect(fault.touched.length).toBeLessThanOrEqual(60);
  });

  it('gives up what nobody fetches in time, once', async () => {
    const world = await rbmStage([devicePlan('1', { online: false })], {
      carrier: { storeMicros: 10_000_000 },
    });
    const told = submit(world, 'x:1');
    await world.run(60);
    expect(told).toEqual(['expired']);
    expect(world.of('expired')).toHaveLength(1);
    expect(world.core.revoke('x:1')).toBe(false);
  });

  it('forgets a device that was removed while a message waited for it', async () => {
    const world = await rbmStage([devicePlan('1'), devicePlan('2', { online: false })]);
    const told = submit(world, 'x:1');
    await world.run(5);
    world.owner.phone('2')!.revoke('a revoke');
    await world.run(5);
    expect(told).toEqual(['delivered 1']);
    expect(world.core.unfinished()).toEqual([]);
  });

  it('answers a capability exchange only while it is up, and remembers registrations', async () => {
    const world = await rbmStage([devicePlan('1')]);
    expect(world.core.capabilities('ana')).toEqual({ e2ee: true });
    const lift = world.arm(world.core.target, 'outage');
    expect(world.core.capabilities('ana')).toBeUndefined();
    expect(world.core.registered('ana')).toEqual({ e2ee: true });
    expect(lift.touched).toHaveLength(1);
    lift();
    expect(world.core.capabilities('ana')).toEqual({ e2ee: true });
    expect(world.core.capabilities('nobody')).toBeUndefined();
  });
});
