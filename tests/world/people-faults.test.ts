import { describe, expect, test } from 'vitest';
import { armFaults } from '../../simulators/faults/acting/arm.ts';
import type { FaultPlan } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import { worldStage } from './stage.ts';

const SECOND = 1_000_000;
const PHONE = 'person/ben/device/1';
const NUMBER = '+999100000002';

/** A fault from 10 s to 40 s on. */
async function armed(fault: string, target: string, params: FaultPlan['params'] = {}) {
  const stage = await worldStage();
  await stage.connect();
  const { clock, ambient, world } = stage;
  const plan: FaultPlan = {
    name: 'f',
    fault,
    targets: [target],
    params,
    anchor: { kind: 'time', fromMicros: 10 * SECOND, untilMicros: 40 * SECOND },
    select: { kind: 'all' },
    of: null,
    evidence: { hits: { op: '>=', value: 1 } },
  };
  const { history } = ambient;
  const random = createRandom(1);
  armFaults({ faults: [plan], targets: world.targets, clock, history, random });
  return stage;
}

type Stage = Awaited<ReturnType<typeof armed>>;
const channelsOf = ({ of }: Stage): readonly Channel[] | undefined =>
  of('device.changed').findLast(({ device }) => device === PHONE)?.channels;
const sends = (stage: Stage, id: string) =>
  stage.send(NUMBER, id, { text: stage.plan(`alerts-${id}`, 'ben') });
const told = ({ callbacks }: Stage) => callbacks.map((each) => each['eventType']);

describe('what a phone can display', () => {
  const all: readonly Channel[] = ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'sms'];

  test.each([
    ['roam', {}, ['sms']],
    ['airplane-mode', { wifi: 'off' }, []],
    ['airplane-mode', { wifi: 'on' }, ['app-push', 'rcs-e2ee', 'rcs', 'secure-link']],
  ] as const)('during %s %o is %o, and everything afterwards', async (word, params, left) => {
    const stage = await armed(word, 'person/ben', params);
    await stage.run(20);
    expect(channelsOf(stage)).toEqual(left);
    await stage.run(30);
    expect(channelsOf(stage)).toEqual(all);
    expect(stage.of('fault.touched')).toHaveLength(1);
  });
});

test('abroad without data an RCS message waits until there is data', async () => {
  const stage = await armed('roam', 'person/ben');
  await stage.run(12);
  await sends(stage, '1');
  await stage.run(20);
  expect(stage.of('device.displayed')).toEqual([]);
  await stage.run(20);
  expect(stage.of('device.displayed')).toHaveLength(1);
});

test.each([
  ['read', ['DELIVERED']],
  ['all', []],
] as const)('with receipts of %s switched off the sender hears %o', async (which, heard) => {
  const stage = await armed('disable-receipts', 'person/ben', { which });
  await stage.run(12);
  await sends(stage, '1');
  await stage.run(20);
  expect(stage.of('device.displayed')).toHaveLength(1);
  expect(told(stage)).toEqual(heard);
  await stage.run(10);
  await sends(stage, '2');
  await stage.run(30);
  expect(told(stage)).toEqual([...heard, 'DELIVERED', 'READ']);
});

test('who opts out writes it to the business, and takes it back at the end', async () => {
  const stage = await armed('opt-out', 'person/ben', { by: 'gateway', says: 'QUIT' });
  await stage.run(30);
  expect(stage.of('consent.said')).toMatchObject([{ person: 'ben', says: 'stop' }]);
  await stage.run(30);
  expect(stage.callbacks.map((each) => each['text'])).toEqual(['QUIT', 'START']);
  const said = stage.of('consent.said').map(({ message }) => message);
  expect(stage.of('business.received').map(({ message }) => message)).toEqual(said);
});
