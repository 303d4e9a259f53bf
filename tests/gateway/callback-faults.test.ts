/** What faults do to callbacks, for every vendor's scheme; checked as the vendor's SDK checks. */
import { describe, expect, test } from 'vitest';
import { GATEWAYS } from '../../simulators/gateway/personalities/index.ts';
import type { CallbackForgery } from '../../simulators/kernel/events.ts';
import { DATED, holdsFor, signedAtSeconds } from './callback-checks.ts';
import type { Stage } from './callback-checks.ts';
import { virtualStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

/** Sends what people write, which every gateway brings by a callback. */
async function stageOf(gateway: string) {
  const stage = await virtualStage(gateway);
  await stage.run(1);
  (stage.hooks as Hook[]).splice(0);
  return {
    ...stage,
    write: async (text: string) => {
      stage.world.reply('ana', text);
      await stage.run(5);
    },
    sent: () => stage.of('callback.sent').filter(({ event }) => event !== 'verification'),
    lasting: (word: string, params: Record<string, unknown> = {}) =>
      stage.fault(`gateway/${gateway}`, word, params),
  };
}

const ALL = Object.keys(GATEWAYS);

describe.each(ALL)('%s: a true callback', (gateway) => {
  test('is dropped, and the history says that nobody will be told', async () => {
    const stage = await stageOf(gateway);
    const lift = stage.lasting('drop');
    await stage.write('One');
    expect(stage.hooks).toEqual([]);
    expect(stage.of('lost')).toMatchObject([{ fault: 'a drop' }]);
    lift();
    await stage.write('Two');
    expect(stage.hooks).toHaveLength(1);
    expect(stage.world.unfinished()).toEqual([]);
  });

  test('comes late, and the world waits for it', async () => {
    const stage = await stageOf(gateway);
    stage.lasting('delay', { by: 60_000_000 });
    await stage.write('One');
    expect(stage.hooks).toEqual([]);
    expect(stage.world.unfinished()).not.toEqual([]);
    await stage.run(120);
    expect(stage.hooks).toHaveLength(1);
  });

  test('comes more than once, the same to the byte', async () => {
    const stage = await stageOf(gateway);
    stage.lasting('duplicate', { times: 2, pause: 1_000_000 });
    await stage.write('One');
    expect(stage.hooks).toHaveLength(3);
    expect(new Set(stage.hooks.map(({ body }) => body)).size).toBe(1);
    expect(stage.sent().map(({ again }) => again)).toEqual([undefined, true, true]);
    const [first, second] = stage.sent();
    expect(second?.pretends).toBe(first?.implies);
    expect(stage.of('business.received')).toHaveLength(1);
  });

  test('is overtaken by the one after it', async () => {
    const stage = await stageOf(gateway);
    const lift = stage.lasting('reorder');
    await stage.write('One');
    expect(stage.hooks).toEqual([]);
    lift();
    await stage.write('Two');
    const [first, second] = stage.of('business.received');
    const [one, two] = stage.of('carried');
    expect(first?.wire).not.toBe(one?.wire);
    expect(second?.wire).toBe(one?.wire);
    expect(two).toBeDefined();
  });

  test('that nothing overtakes comes after half a minute all the same', async () => {
    const stage = await stageOf(gateway);
    stage.lasting('reorder');
    await stage.write('One');
    await stage.run(60);
    expect(stage.hooks).toHaveLength(1);
  });

  test('is replayed later, and is no news', async () => {
    const stage = await stageOf(gateway);
    stage.lasting('replay', { pause: 30_000_000 });
    await stage.write('One');
    expect(stage.hooks).toHaveLength(1);
    await stage.run(60);
    expect(stage.hooks).toHaveLength(2);
    expect(stage.hooks[1]).toEqual(stage.hooks[0]);
    const replay = stage.sent().at(-1);
    expect(replay).toMatchObject({ forgery: 'replayed' });
    // When it was signed is only known of signatures with a date.
    expect(replay?.signedAt !== undefined).toBe(DATED.includes(gateway));
    expect(replay!.t - (replay!.signedAt ?? replay!.t)).toBeLessThanOrEqual(31_000_000);
    expect(stage.of('business.received')).toHaveLength(1);
  });
});

const FORGERIES: readonly (readonly [string, CallbackForgery])[] = [
  ['forge', 'forged'],
  ['wrong-key', 'wrong-key'],
  ['tamper', 'tampered'],
  ['unsigned', 'unsigned'],
];

describe.each(ALL)('%s: what an attacker sends', (gateway) => {
  const holds = (stage: Stage, hook: Hook, key: 'present' | 'next' = 'present'): boolean =>
    holdsFor(gateway, stage, hook, key);

  test.each(FORGERIES)(
    'by “%s” fails the check, and the true one comes too',
    async (word, kind) => {
      const stage = await stageOf(gateway);
      stage.lasting(word);
      await stage.write('Only this is true');
      expect(stage.hooks).toHaveLength(2);
      const [first, second] = stage.hooks;
      expect(stage.sent().map(({ forgery }) => forgery)).toEqual([kind, undefined]);
      expect([holds(stage, first!), holds(stage, second!)]).toEqual([false, true]);
      expect(first?.body).not.toBe(second?.body);
      expect(stage.sent()[0]).not.toHaveProperty('implies');
      expect(stage.of('business.received')).toHaveLength(1);
    },
  );

  test('is cut off, and signed as it is', async () => {
    const stage = await stageOf(gateway);
    stage.lasting('malformed');
    await stage.write('Only this is true, and it is a long sentence');
    const [cut, true_] = stage.hooks;
    expect(holds(stage, cut!)).toBe(true);
    expect(cut!.body.length).toBeLessThan(true_!.body.length);
    expect(stage.sent()[0]).toMatchObject({ forgery: 'malformed' });
  });

  test('is megabytes long, and signed', async () => {
    const stage = await stageOf(gateway);
    stage.lasting('oversize', { bytes: 2_000_000 });
    await stage.write('One');
    const [huge] = stage.hooks;
    expect(huge!.body.length).toBeGreaterThan(2_000_000);
    expect(holds(stage, huge!)).toBe(true);
  });

  test('is old, where a signature has a date', async () => {
    const stage = await stageOf(gateway);
    stage.lasting('stale', { age: 3_600_000_000 });
    await stage.write('One');
    const dated = DATED.includes(gateway);
    const stale = stage.sent().filter(({ forgery }) => forgery === 'stale');
    expect(stale.map(({ t, signedAt = t }) => t - signedAt)).toEqual(dated ? [3_600_000_000] : []);
    const old = stage.hooks[0]!;
    expect(holds(stage, old)).toBe(true);
    if (!dated) return;
    const nowSeconds = stage.clock.epochMillis() / 1_000;
    expect(nowSeconds - signedAtSeconds(old)).toBeGreaterThan(3_590);
  });

  test('while keys are rotated both sign, then only the new one', async () => {
    const stage = await stageOf(gateway);
    const lift = stage.lasting('rotate-signing-key');
    await stage.write('One');
    expect(holds(stage, stage.hooks[0]!, 'next')).toBe(true);
    expect(stage.sent().at(-1)).toMatchObject({ newKey: true });
    lift();
    await stage.write('Two');
    const [, after] = stage.hooks;
    expect([holds(stage, after!), holds(stage, after!, 'next')]).toEqual([false, true]);
  });
});
