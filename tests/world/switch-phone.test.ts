import { expect, test } from 'vitest';
import { armFaults } from '../../simulators/faults/acting/arm.ts';
import type { FaultPlan } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { devicePlan, iphone, personPlan } from '../device/stage.ts';
import { cellOf, worldStage } from './stage.ts';

const SECOND = 1_000_000;
const NUMBER = '+999100000001';
const OLD = 'person/ana/device/1';
const NEXT = 'person/ana/device/2';

async function switching() {
  const spare = { ...iphone('2'), online: false, spare: true } as const;
  const ana = { ...personPlan('ana', [devicePlan('1'), spare]), msisdn: NUMBER };
  const stage = await worldStage(cellOf({ people: [ana] }));
  await stage.connect();
  const fault: FaultPlan = {
    name: 'f',
    fault: 'switch-phone',
    targets: ['person/ana'],
    params: { lingers: 20 * SECOND, 'app-after': 30 * SECOND },
    anchor: { kind: 'time', fromMicros: 10 * SECOND, untilMicros: null },
    select: { kind: 'all' },
    of: null,
    evidence: { hits: { op: '>=', value: 1 } },
  };
  const { clock, world, ambient } = stage;
  const { history } = ambient;
  armFaults({ faults: [fault], targets: world.targets, clock, history, random: createRandom(1) });
  const channels = (device: string) =>
    stage.of('device.changed').findLast((event) => event.device === device)?.channels;
  const send = (id: string) => stage.send(NUMBER, id, { text: stage.plan(`alerts-${id}`) });
  return { ...stage, channels, send };
}

test('the next phone has texts at once, RCS when it is noticed, pushes with the app', async () => {
  const { run, channels, world } = await switching();
  expect(world.registration('ana').devices.map(({ id }) => id)).toEqual(['1']);
  await run(12);
  expect([channels(OLD), channels(NEXT)]).toEqual([[], ['secure-link', 'sms']]);
  await run(20);
  expect(channels(NEXT)).toEqual(['rcs-e2ee', 'rcs', 'secure-link', 'sms']);
  await run(20);
  expect(channels(NEXT)).toContain('app-push');
  expect(world.registration('ana').devices.map(({ id }) => id)).toEqual(['2']);
});

test('what the carrier takes for the old phone meanwhile is shown by none', async () => {
  const { run, send, of, world } = await switching();
  await run(12);
  await send('1');
  await run(60);
  expect(of('device.displayed')).toEqual([]);
  expect(of('stored')).toHaveLength(1);
  await send('2');
  await run(30);
  expect(of('device.displayed').map(({ device }) => device)).toEqual([NEXT]);
  expect(world.people.phone(OLD)?.revoked).toBe(true);
});
