/**
 * `bellwether/vitest`: a `world` for each test, and matchers for what people got.
 *
 *     import { expect, test } from 'bellwether/vitest';
 *
 *     test('Ana hears of her parcel', async ({ world }) => {
 *       await notify(world.person('ana').msisdn, 'Your parcel comes today');
 *       await expect(world.message('Your parcel')).toHaveReached('ana');
 *     });
 */
import { expect, test as base } from 'vitest';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { matchers } from './matchers.ts';
import type { WorldMatchers } from './matchers.ts';
import { openWorld } from './simulated-world.ts';
import type { SimulatedWorld, WorldOptions } from './world-words.ts';

export { expect, openWorld };
export type * from './world-words.ts';
export type { WorldMatchers };

declare module 'vitest' {
  // The parameters are Vitest's own, and must be the same here.
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends WorldMatchers {}
}

export interface FixtureOptions extends WorldOptions {
  /**
   * Leads this process's HTTP to the world by msw, and refuses what no simulator stands for;
   * addresses of this machine are left alone. Default: it does. Without: `world.fetch`,
   * `handlers(world)`, or the addresses in `world.environment` with `clock: 'wall'`.
   */
  readonly intercept?: boolean | undefined;
}

/** Starts to lead HTTP to the world; returns the end of that. Throws UNIT_TEST_NEEDS_MSW. */
async function intercept(world: SimulatedWorld): Promise<() => void> {
  try {
    const { setupServer } = await import('msw/node');
    const { handlers } = await import('./msw.ts');
    const server = setupServer(...handlers(world, { others: 'refuse' }));
    server.listen({ onUnhandledFrame: 'bypass' });
    return () => server.close();
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new BellwetherError('The world fixture needs msw 3 to lead HTTP to the simulators', {
      code: 'UNIT_TEST_NEEDS_MSW',
      blame: 'author',
      hint: "npm install --save-dev msw, or test.override('worldOptions', { intercept: false }).",
      cause: error,
    });
  }
}

expect.extend(matchers);

/** Vitest's `test` with `world`, and `worldOptions` to override. */
export const test = base
  .extend('worldOptions', {} as FixtureOptions)
  .extend('world', async ({ worldOptions }, { onCleanup }): Promise<SimulatedWorld> => {
    const { intercept: led, ...options } = worldOptions;
    const world = await openWorld(options);
    let stop = (): void => {};
    onCleanup(async () => {
      stop();
      await world.close();
    });
    if (led !== false) stop = await intercept(world);
    return world;
  });
