/** A correct sender with end-to-end encryption as the code under test: the reference notifier. */
import { randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { create } from '../../examples/reference-notifier/create.ts';
import type { ModuleInstance } from '../../harness/implementation/module-ports.ts';
import { createStore } from '../../harness/implementation/module-store.ts';
import { createVocabulary } from '../../harness/compose.ts';
import { cellOf } from '../../harness/unit-tests/definition.ts';
import { expect, test as withWorld } from '../../harness/unit-tests/vitest.ts';
import type { SimulatedWorld, WorldDescription } from '../../harness/unit-tests/vitest.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';

const PUBLIC_URL = 'https://notify.example';
const WORLD: WorldDescription = {
  carriers: { northtel: { e2ee: 'on' } },
  gateways: ['rbm'],
  people: {
    ana: { device: 'android-16', carrier: 'northtel', app: 'off' },
    ben: { device: 'android-16', carrier: 'northtel', app: 'off', e2ee: 'off' },
  },
};

async function notifier(
  world: SimulatedWorld,
): Promise<{ readonly service: ModuleInstance; readonly stop: () => Promise<void> }> {
  const told = (name: string): string => world.environment[`gateway.rbm.${name}`] ?? '';
  const clock = createWallClock();
  const { policy } = cellOf({ world: WORLD, policy: 'gate' }, createVocabulary(), '.');
  const service = await create({
    clock: {
      epochMillis: () => clock.epochMillis(),
      after: (delayMs, task, options) => clock.after(delayMs * 1_000, task, options),
    },
    fetch: (url, { body, ...options } = {}) =>
      fetch(url, { ...options, ...(body === undefined ? {} : { body: Buffer.from(body) }) }),
    connect: (host, port) => Promise.resolve(connect({ host, port })),
    random: (length) => randomBytes(length),
    uuid: () => randomUUID(),
    store: createStore(),
    env: {
      PUBLIC_URL,
      RBM_BASE_URL: told('url'),
      RBM_TOKEN_URL: told('tokenUrl'),
      RBM_AGENT_ID: told('agentId'),
      RBM_SERVICE_ACCOUNT: told('serviceAccount'),
      RBM_CLIENT_TOKEN: told('clientToken'),
      RBM_TRUST_ANCHORS: told('trustAnchors'),
    },
    policy,
    log: () => {},
  });
  return {
    service,
    stop: async () => {
      await service.stop();
      clock.stop();
    },
  };
}

const test = withWorld
  .override('worldOptions', { world: WORLD, policy: 'gate' })
  .extend('send', async ({ world }, { onCleanup }) => {
    const { service, stop } = await notifier(world);
    onCleanup(stop);
    const answer = async (request: Request): Promise<Response> => {
      const { status, headers, body } = await service.fetch(request);
      return new Response(body as string | null, { status, headers });
    };
    const edges = { public: PUBLIC_URL, callbacks: { rbm: '/webhooks/rbm' } };
    expect(await world.connect(answer, edges)).toEqual([]);
    return async (to: string, text: string): Promise<number> => {
      const { msisdn, signInCode } = world.person(to);
      const put = { method: 'PUT', body: JSON.stringify({ msisdn, signInCode }) };
      expect((await answer(new Request(`${PUBLIC_URL}/v1/users/${to}`, put))).ok).toBe(true);
      const body = JSON.stringify({ to: msisdn, text, sensitivity: 'low', kind: 'appointment' });
      const post = { method: 'POST', body, headers: { 'idempotency-key': randomUUID() } };
      const response = await answer(new Request(`${PUBLIC_URL}/v1/messages`, post));
      return response.status;
    };
  });

test('what is sent encrypted is shown with a padlock, and nobody could read it', async ({
  world,
  send,
}) => {
  const secret = world.secret('ana');
  expect(await send('ana', `Your code is ${secret}`)).toBeLessThan(300);
  await expect(world.message('Your code')).toBeDeliveredOn('rcs-e2ee');
  expect(world.person('ana').inbox).toMatchObject([{ padlock: true }]);
  await expect(world).toHaveLeakedNothing();
});

test('without encryption on the phone the same text is readable on the way', async ({
  world,
  send,
}) => {
  const secret = world.secret('ben');
  expect(await send('ben', `Your code is ${secret}`)).toBeLessThan(300);
  await expect(world.message('Your code')).toBeDeliveredOn('rcs');
  await expect(world).not.toHaveLeakedNothing();
});
