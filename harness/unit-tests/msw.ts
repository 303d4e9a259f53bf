/**
 * `bellwether/msw`: the simulators as request handlers of Mock Service Worker 3, for whatever a
 * program in this process uses to talk HTTP (fetch, `node:http`, axios, the vendors' SDKs).
 *
 *     const world = await openWorld();
 *     const server = setupServer(...handlers(world));
 *     server.listen({ onUnhandledFrame: 'error' });
 */
import { passthrough } from 'msw';
import { http, HttpResponse } from 'msw/http';
import type { HttpHandler } from 'msw/http';
import type { SimulatedWorld } from './world-words.ts';

export { openWorld } from './simulated-world.ts';
export type * from './world-words.ts';

export interface HandlerOptions {
  /**
   * What becomes of requests for which no simulator stands: `leave` them to other handlers and in
   * the end to `onUnhandledFrame` (the default), or `refuse` them, this machine's own excepted.
   */
  readonly others?: 'leave' | 'refuse';
}

const LOOPBACK = /^https?:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?(?:[/?]|$)/i;

/** `*-rcs.example.com` → what its URLs begin with. */
function urlsOf(host: string): RegExp {
  const name = host.replaceAll('.', '\\.').replace('*', '[^.]*');
  return new RegExp(`^https?://${name}(?::\\d+)?(?:[/?]|$)`, 'i');
}

async function answer(world: SimulatedWorld, request: Request): Promise<Response> {
  try {
    return await world.fetch(request);
  } catch (error) {
    // A connection that broke; anything else is a defect that the test is to see.
    if (error instanceof TypeError) return HttpResponse.error();
    throw error;
  }
}

/** One handler for each vendor host of the world (`world.hosts`). */
export function handlers(
  world: SimulatedWorld,
  { others = 'leave' }: HandlerOptions = {},
): HttpHandler[] {
  const vendors = world.hosts.map((host) =>
    http.all(urlsOf(host), ({ request }) => answer(world, request)),
  );
  if (others === 'leave') return vendors;
  const stray = http.all(/./, async ({ request }) => {
    if (LOOPBACK.test(request.url)) return passthrough();
    await answer(world, request);
    return HttpResponse.error();
  });
  return [...vendors, stray];
}
