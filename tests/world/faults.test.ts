import { describe, expect, test } from 'vitest';
import { armFaults } from '../../simulators/faults/acting/arm.ts';
import { FAULTS } from '../../simulators/faults/index.ts';
import type { FaultPlan } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { TargetKind } from '../../simulators/kernel/target.ts';
import { carrier, cellOf, worldStage } from './stage.ts';

const SECOND = 1_000_000;

function fault(over: Partial<FaultPlan>): FaultPlan {
  return {
    name: 'f',
    fault: 'outage',
    targets: ['gateway/rbm'],
    params: {},
    anchor: { kind: 'time', fromMicros: 10 * SECOND, untilMicros: 40 * SECOND },
    select: { kind: 'all' },
    of: null,
    evidence: { hits: { op: '>=', value: 1 } },
    ...over,
  };
}

async function armed(...faults: FaultPlan[]) {
  const stage = await worldStage();
  const { clock, ambient, world } = stage;
  const { history } = ambient;
  const random = createRandom(1);
  const act = armFaults({ faults, targets: world.targets, clock, history, random });
  return { ...stage, act };
}

describe('faults in a world', () => {
  const kinds = new Map<TargetKind, string>([
    ['carrier-rcs', 'carrier/northtel/rcs'],
    ['carrier-sms', 'carrier/northtel/sms'],
    ['carrier-mms', 'carrier/northtel/mms'],
    ['attachments', 'attachments/store'],
    ['imessage', 'imessage/apple'],
    ['gateway', 'gateway/rbm'],
    ['push', 'push/apns'],
    ['person', 'person/ana'],
    ['device', 'person/ben/device/1'],
  ]);

  test('every fault can be done to every kind of target that it names', async () => {
    const mms = { maxBytes: 1_000, delayMicros: [0, 0] } as const;
    const carriers = [carrier('northtel', { mms }), carrier('southcell')];
    const { world } = await worldStage(cellOf({ carriers, attachments: true, imessage: true }));
    for (const [word, entry] of Object.entries(FAULTS)) {
      for (const kind of entry.targets) {
        const path = kinds.get(kind);
        if (path === undefined) continue;
        const target = world.targets.get(path);
        expect(target?.kind).toBe(kind);
        expect(Object.keys(target?.verbs ?? {}), `${word} on ${path}`).toContain(word);
      }
    }
  });

  test('an outage answers 503, is counted, and ends', async () => {
    const stage = await armed(fault({ params: { mode: 'error', status: 503 } }));
    const send = (id: string) => stage.send('+999100000001', id, { text: stage.plan(`a-${id}`) });
    expect((await send('1')).status).toBe(200);
    await stage.run(12);
    expect((await send('2')).status).toBe(503);
    await stage.run(40);
    expect((await send('3')).status).toBe(200);
    expect(stage.of('fault.touched')).toHaveLength(1);
    expect(stage.of('component.changed').slice(-2)).toMatchObject([
      { component: 'gateway/rbm', state: 'down', fault: 'f' },
      { component: 'gateway/rbm', state: 'up' },
    ]);
  });

  test('a person offline is away with all devices and comes back', async () => {
    const stage = await armed(fault({ fault: 'offline', targets: ['person/ana'] }));
    await stage.run(12);
    await stage.send('+999100000001', '1', { text: stage.plan('alerts-1') });
    await stage.run(20);
    expect(stage.of('device.displayed')).toEqual([]);
    expect(stage.of('fault.touched')).toHaveLength(2);
    await stage.run(30);
    expect(stage.of('device.displayed')).toHaveLength(2);
    const changes = stage.of('device.changed').map(({ change }) => change);
    expect(changes.slice(-4)).toEqual(['offline', 'offline', 'online', 'online']);
  });

  test('a fault without an end acts until everything is lifted', async () => {
    const anchor = { kind: 'time', fromMicros: 0, untilMicros: null } as const;
    const plan = fault({ fault: 'uninstall-app', targets: ['person/ben/device/1'], anchor });
    const stage = await armed(plan);
    const token = stage.world.registration('ben').devices[0]!.pushToken;
    await stage.run(100);
    expect(stage.world.registration('ben').devices).toEqual([]);
    expect((await stage.apns(token, { aps: { alert: 'x' } })).status).toBe(410);
    stage.act.liftAll();
    expect(stage.world.registration('ben').devices).toHaveLength(1);
    expect(stage.of('fault.lifted')).toHaveLength(1);
  });
});
