/** What every row of the gateway registry owes its users; new vendors are held to it. */
import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../simulators/faults/index.ts';
import { createRoutes } from '../../simulators/gateway/api/routes.ts';
import type { GatewayRow } from '../../simulators/gateway/api/gateway.ts';
import { GATEWAYS } from '../../simulators/gateway/personalities/index.ts';
import type { FaultEntry } from '../../simulators/kernel/fault-entry.ts';
import { virtualStage } from './vendor-stage.ts';

const registry: Readonly<Record<string, GatewayRow>> = GATEWAYS;

/** The others are asked with a key, a password or a signature. */
const GIVE_TOKENS = ['rbm', 'sinch', 'sessions'];

describe.each(Object.entries(registry))('%s', (name, row) => {
  test('is documented by the rows that its door routes', async () => {
    const entry = await row.load();
    expect(entry.name).toBe(name);
    expect(entry.docs).toMatch(/^https:\/\//);
    expect(row.hosts.length).toBeGreaterThan(0);
    expect(row.carries.length).toBeGreaterThan(0);
    expect(entry.operations.length).toBeGreaterThan(0);
    const routes = createRoutes(entry.operations);
    for (const { method, path, does, source } of entry.operations) {
      expect(
        [does, source].every((text) => text.length > 3),
        `${method} ${path}`,
      ).toBe(true);
      const called = path.replaceAll(/\{\w+\}/g, 'x');
      expect(routes.find(method, called)?.what).toBe(`${method} ${path}`);
      expect(routes.methodsOf(called)).toContain(method);
    }
    expect(routes.find('GET', '/nothing/of/the/kind')).toBeUndefined();
  });

  test('sees what stands in headers and in the address of a request', async () => {
    const stage = await virtualStage(name);
    const words = (message: string): string => encodeURIComponent(stage.plan(message));
    await stage.call('POST', `/nowhere?note=${words('alerts-1')}`, {}, {});
    await stage.call('POST', '/nowhere', {}, { 'x-note': words('alerts-2') });
    const found = stage.of('tap.scanned').filter((event) => event.found.length > 0);
    expect(found.map(({ observer }) => observer)).toEqual(['gateway', 'gateway']);
  });

  test('can be reached, and takes every fault that gateways take', async () => {
    const stage = await virtualStage(name);
    expect(stage.value('url')).toMatch(/^http/);
    const target = stage.world.targets.get(`gateway/${name}`);
    const words = Object.values<FaultEntry>(FAULTS)
      .filter(({ targets }) => targets.includes('gateway'))
      .map((fault) => fault.name)
      // Where no MLS group is, none can be forked.
      .filter((word) => word !== 'epoch-fork' || row.carries.includes('rcs-e2ee'))
      // Where no tokens are given out, none can be short-lived.
      .filter((word) => word !== 'short-lived-tokens' || GIVE_TOKENS.includes(name));
    expect(words.length).toBeGreaterThan(15);
    expect(Object.keys(target?.verbs ?? {})).toEqual(expect.arrayContaining(words));
    await stage.world.stop();
  });

  test('names what it does not know in the report, in the vendor’s own shape', async () => {
    const stage = await virtualStage(name);
    const answer = await stage.call('GET', '/nothing/of/the/kind', undefined, {});
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(Object.keys(answer.json).length).toBeGreaterThan(0);
    expect(stage.of('door.request').at(-1)).toMatchObject({
      component: `gateway/${name}`,
      operation: 'unexpected',
      what: 'GET /nothing/of/the/kind',
    });
    await stage.world.stop();
  });

  test('is at rest when nothing was asked of it', async () => {
    const stage = await virtualStage(name);
    await stage.run(5);
    expect(stage.world.unfinished()).toEqual([]);
    await stage.world.stop();
  });
});
