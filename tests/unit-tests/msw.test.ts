/** `bellwether/msw`: every host, whatever client asks; and what is not a vendor's is left alone. */
import nodeHttp from 'node:http';
import nodeHttps from 'node:https';
import { setupServer } from 'msw/node';
import { http, HttpResponse } from 'msw/http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { handlers, openWorld } from '../../harness/unit-tests/msw.ts';
import type { SimulatedWorld } from '../../harness/unit-tests/world-words.ts';
import { GATEWAYS } from '../../simulators/gateway/personalities/index.ts';
import { gatewayHosts, pushHosts } from '../../simulators/world/vendor-hosts.ts';

async function listening(): Promise<SimulatedWorld> {
  const world = await openWorld();
  const own = http.get('https://own.example/x', () => HttpResponse.text('its own'));
  const server = setupServer(...handlers(world), own);
  server.listen({ onUnhandledFrame: 'error' });
  onTestFinished(async () => {
    server.close();
    await world.close();
  });
  return world;
}

type Ask = (url: string) => Promise<number>;

const node =
  (client: Pick<typeof nodeHttp, 'request'>): Ask =>
  (url) =>
    new Promise((resolve, reject) => {
      client
        .request(url, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
        .on('error', reject)
        .end();
    });

const CLIENTS: Readonly<Record<string, readonly [scheme: string, ask: Ask]>> = {
  'fetch over https': ['https', async (url) => (await fetch(url)).status],
  'fetch over http': ['http', async (url) => (await fetch(url)).status],
  'node:https': ['https', node(nodeHttps)],
  'node:http': ['http', node(nodeHttp)],
};

/** `sessions` is no vendor's, and stands only in worlds that name it. */
const VENDORS = Object.keys(GATEWAYS).filter((name) => name !== 'sessions');

describe.each(Object.entries(CLIENTS))('%s', (_name, [scheme, ask]) => {
  it('is answered by every host of every vendor in its own way', async () => {
    const world = await listening();
    const hosts = [...VENDORS.flatMap(gatewayHosts), ...pushHosts('apns'), ...pushHosts('fcm')].map(
      ({ host }) => host,
    );
    expect(hosts.length).toBeGreaterThan(20);
    for (const host of hosts) {
      expect(world.hosts).toContain(host);
      const named = host.replace('*', 'x1');
      const status = await ask(`${scheme}://${named}/no/such/path?a=b`);
      expect(status, host).toBeGreaterThanOrEqual(400);
      expect(status, host).toBeLessThan(500);
    }
    const asked = world.history.filter(({ kind }) => kind === 'door.request');
    expect(asked).toHaveLength(hosts.length);
  });
});

it('leaves other hosts to other handlers', async () => {
  await listening();
  expect(await (await fetch('https://own.example/x')).text()).toBe('its own');
  await expect(fetch('https://api.twilio.com.example/x')).rejects.toThrow();
});

it('a connection that breaks is a network error', async () => {
  const world = await listening();
  const up = await world.disturb({ outage: 'gateway/twilio', mode: 'reset' });
  await expect(fetch('https://api.twilio.com/')).rejects.toThrow();
  up();
  const refused = await world.disturb({ outage: 'gateway/twilio', mode: 'refuse' });
  await expect(fetch('https://api.twilio.com/')).rejects.toThrow();
  refused();
  expect((await fetch('https://api.twilio.com/')).status).toBe(404);
});

it('Google’s token endpoint is that of the service whose scope is asked for', async () => {
  const world = await listening();
  const body = new URLSearchParams({ grant_type: 'x', assertion: 'x' });
  const response = await fetch('https://oauth2.googleapis.com/token', { method: 'POST', body });
  expect(response.status).toBe(400);
  expect(world.history.some(({ kind }) => kind === 'door.request')).toBe(true);
});
