/** What phones do with pushes when they save power, were told to stop an app, or lack a right. */
import { describe, expect, test } from 'vitest';
import type { AppEdge } from '../../simulators/device/edges.ts';
import { phoneVerbs } from '../../simulators/device/circumstances.ts';
import type { DevicePlan } from '../../simulators/kernel/plan.ts';
import type { PushDelivery } from '../../simulators/network/bearer.ts';
import { devicePlan, iphone, stage } from './stage.ts';

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;

const APP: AppEdge = {
  push: { apns: '/messageId', fcm: '/data/messageId' },
  fetch: { path: '/messages/{{push.messageId}}', text: '/text' },
  inbox: { path: '/inbox', items: '/messages' },
};

const FCM: PushDelivery = {
  wire: 'fcm:1',
  provider: 'fcm',
  kind: 'background',
  priority: 'high',
  mutable: false,
  payload: { data: { messageId: 'm1' } },
};
const APNS: PushDelivery = {
  wire: 'apns:1',
  provider: 'apns',
  kind: 'alert',
  priority: 'high',
  mutable: true,
  payload: { aps: { alert: 'New message', 'mutable-content': 1 }, messageId: 'm1' },
};

function bench(plan: DevicePlan, pad = 0) {
  let canary = '';
  const world = stage([plan], ({ path }) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      path === '/inbox'
        ? { messages: [{ id: 'm1', text: `Code ${canary}` }] }
        : { text: `Code ${canary}`, pad: 'x'.repeat(pad) },
    ),
  }));
  canary = world.plan('alerts-1');
  world.connect({ app: APP });
  const { phone } = world;
  const touched: string[] = [];
  const arm = (verb: string, params: Record<string, unknown> = {}): (() => void) => {
    const ledger = { fault: 'f', hits: () => true, touched: (did: string) => touched.push(did) };
    return phoneVerbs(phone)[verb]!({ params, ledger });
  };
  let wires = 0;
  /** Hands the phone a push with a wire of its own. */
  const push = (change: Partial<PushDelivery> = {}): string => {
    const wire = `${change.provider ?? plan.push.provider}:${++wires}`;
    phone.receivePush({ ...(plan.push.provider === 'fcm' ? FCM : APNS), ...change, wire });
    return wire;
  };
  const shown = () => world.of('device.displayed').map(({ wire }) => wire);
  const kept = () => world.of('stored').map(({ wire, component }) => `${component} ${wire}`);
  return { ...world, arm, push, shown, kept, touched };
}

const bucketed = (): DevicePlan => {
  const plan = devicePlan('1');
  return { ...plan, push: { ...plan.push, highPerDay: { frequent: 10, rare: 2, restricted: 1 } } };
};

describe('a phone that dozes', () => {
  test('lets high priority through and keeps the rest until a maintenance window', async () => {
    const { arm, push, shown, kept, run, touched } = bench(devicePlan('1'));
    arm('doze', { every: 90 * SECOND });
    expect(touched).toEqual(['let the phone doze, in the active bucket (person/ana/device/1)']);
    const [high, normal] = [push(), push({ priority: 'normal' })];
    await run(30 * SECOND);
    expect(shown()).toEqual([high]);
    expect(kept()).toEqual([`person/ana/device/1 ${normal}`]);
    await run(61 * SECOND);
    expect(shown()).toEqual([high, normal]);
    const late = push({ priority: 'normal' });
    await run(30 * SECOND);
    expect(shown()).not.toContain(late);
    await run(60 * SECOND);
    expect(shown()).toContain(late);
  });

  test('shows what it kept when the doze ends, and stops its windows', async () => {
    const { arm, push, shown, run, clock } = bench(devicePlan('1'));
    const lift = arm('doze', { every: 90 * SECOND });
    const normal = push({ priority: 'normal' });
    await run(10 * SECOND);
    expect(shown()).toEqual([]);
    lift();
    await run(10 * SECOND);
    expect(shown()).toEqual([normal]);
    expect(clock.pending).toBe(0);
  });

  test('has no more high priority in a day than its bucket allows, up to Android 12', async () => {
    const { arm, push, shown, kept, run } = bench(bucketed());
    const lift = arm('doze', { every: 0, bucket: 'rare' });
    const wires = [push(), push(), push()];
    await run(5 * SECOND);
    expect(shown()).toEqual(wires.slice(0, 2));
    expect(kept()).toEqual([`person/ana/device/1 ${wires[2]}`]);
    lift();
    await run(5 * SECOND);
    expect(shown()).toEqual(wires);
    arm('doze', { every: 0, bucket: 'rare' });
    await run(24 * HOUR);
    const nextDay = push();
    await run(5 * SECOND);
    expect(shown()).toContain(nextDay);
  });

  test('counts the most restricted of several buckets', async () => {
    const { arm, push, shown, run } = bench(bucketed());
    arm('doze', { every: 0, bucket: 'frequent' });
    arm('doze', { every: 0, bucket: 'restricted' });
    const [first] = [push(), push()];
    await run(5 * SECOND);
    expect(shown()).toEqual([first]);
  });
});

describe('high priority that shows nothing', () => {
  const quiet = { payload: { data: { sync: '1' } } };
  const plan = devicePlan('1');
  const demoting = { ...plan, push: { ...plan.push, demotes: true } };

  test('is lost after ten pushes in seven days, from Android 13 on', async () => {
    const { arm, push, shown, run } = bench(demoting);
    for (let count = 0; count < 10; count++) push(quiet);
    await run(SECOND);
    arm('doze', { every: 0 });
    const urgent = push();
    await run(5 * SECOND);
    expect(shown()).not.toContain(urgent);
    await run(8 * 24 * HOUR);
    const later = push();
    await run(5 * SECOND);
    expect(shown()).toContain(later);
  });

  test('is kept by an app that showed something, and where no such rule is known', async () => {
    for (const [phone, showsOnce] of [
      [demoting, true],
      [plan, false],
    ] as const) {
      const { arm, push, shown, run } = bench(phone);
      for (let count = 0; count < 10; count++) push(quiet);
      if (showsOnce) push();
      await run(SECOND);
      arm('doze', { every: 0 });
      const urgent = push();
      await run(5 * SECOND);
      expect(shown()).toContain(urgent);
    }
  });
});

describe('an app that was quit', () => {
  test('gets nothing on Android, and the channel is gone meanwhile', async () => {
    const { arm, push, shown, of, run } = bench(devicePlan('1'));
    const lift = arm('force-quit');
    const lost = push();
    await run(5 * SECOND);
    expect(shown()).toEqual([]);
    expect(of('lost')).toMatchObject([{ wire: lost, component: 'person/ana/device/1' }]);
    lift();
    const [stopped, opened] = of('device.changed');
    expect(stopped).toMatchObject({ change: 'app-stopped' });
    expect(stopped?.channels).not.toContain('app-push');
    expect(opened).toMatchObject({ change: 'app-opened' });
    expect(opened?.channels).toContain('app-push');
    const wire = push();
    await run(5 * SECOND);
    expect(shown()).toEqual([wire]);
  });

  test('is still shown alerts on iOS, and gets no silent pushes', async () => {
    const { arm, push, shown, requests, run } = bench(iphone('1'));
    arm('force-quit');
    push({ kind: 'background', priority: 'normal', mutable: false });
    await run(5 * SECOND);
    expect(requests).toEqual([]);
    const alert = push();
    await run(5 * SECOND);
    expect(shown()).toEqual([alert]);
  });
});

describe('an iPhone', () => {
  const silent = { kind: 'background', priority: 'normal', mutable: false } as const;

  test('hands the app fewer silent pushes an hour without the messaging entitlement', async () => {
    const plan = iphone('1');
    const knows = { ...plan, push: { ...plan.push, unentitledPerHour: 1 } };
    const handed = async (phone: DevicePlan, missing: boolean): Promise<number> => {
      const { arm, push, requests, run } = bench(phone);
      if (missing) arm('entitlement-missing');
      for (let count = 0; count < 5; count++) push(silent);
      await run(5 * SECOND);
      return requests.length;
    };
    expect(await handed(knows, false)).toBe(3);
    expect(await handed(knows, true)).toBe(1);
    const never = { ...knows, push: { ...knows.push, entitled: false } };
    expect(await handed(never, false)).toBe(1);
    expect(await handed(plan, true)).toBe(3);
  });

  test('keeps alerts below priority 10 while it saves power', async () => {
    const { arm, push, shown, kept, run } = bench(iphone('1'));
    const lift = arm('low-power');
    const [urgent, calm] = [push(), push({ priority: 'normal' })];
    await run(5 * SECOND);
    expect(shown()).toEqual([urgent]);
    expect(kept()).toEqual([`person/ana/device/1 ${calm}`]);
    lift();
    await run(5 * SECOND);
    expect(shown()).toEqual([urgent, calm]);
  });

  test('puts a notification in the place of another of the same collapse id', async () => {
    const { push, shown, of, run } = bench(iphone('1'));
    const [first, second, other] = [
      push({ collapseId: 'inbox' }),
      push({ collapseId: 'inbox' }),
      push({ collapseId: 'calls' }),
    ];
    await run(5 * SECOND);
    expect(shown().toSorted()).toEqual([second, other].toSorted());
    expect(of('device.received').map(({ wire }) => wire)).toContain(first);
  });

  test('kills an extension that fetches more than it may hold, and shows the alert', async () => {
    const plan = iphone('1');
    const small = { ...plan, push: { ...plan.push, extensionBytes: 10_000 } };
    const tight = bench(small, 20_000);
    tight.push();
    await tight.run(SECOND);
    expect(tight.of('device.notified')).toHaveLength(1);
    expect(tight.shown()).toEqual([]);
    const fits = bench(small, 5_000);
    fits.push();
    await fits.run(SECOND);
    expect(fits.shown()).toHaveLength(1);
  });
});
