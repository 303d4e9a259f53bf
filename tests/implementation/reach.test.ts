import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCommand } from '../../harness/implementation/command-start.ts';
import type { HttpDoor, WireRequest } from '../../simulators/network/wire.ts';
import { createApns } from '../../simulators/push/apns.ts';
import { createFcm } from '../../simulators/push/fcm.ts';
import { pushHosts } from '../../simulators/world/vendor-hosts.ts';
import { pushWorld } from '../push/push-world.ts';
import { needs } from '../support/needs.ts';
import { describedBy, descriptionText, stageFor, temporaryFolder } from './stage.ts';

const TOKEN = 'ab'.repeat(32);
/** FCM's are longer; the shape is theirs. */
const FCM_TOKEN = `${'c'.repeat(22)}:APA91b${'d'.repeat(120)}`;
const API = 'api.twilio.com';

interface Reached {
  /** What the client got; rejects with its error. */
  call(client: string, given?: Record<string, string>): Promise<string>;
  readonly asked: readonly WireRequest[];
  /** The requests for hosts outside, with how each was meant. */
  refused(): (readonly [operation: string, what: string])[];
}

/** A program with vendors' SDKs, and simulators of these vendors on the same network. */
async function reached(reach: string, more = ''): Promise<Reached> {
  const folder = temporaryFolder();
  const settings = join(folder, 'settings.json');
  const text = descriptionText('vendor-calls.mjs')
    .replace('start:\n', `reach: ${reach}\n${more}start:\n`)
    .replace(
      "env: { PORT: '${port}' }",
      `env: { PORT: '\${port}', VENDOR_SETTINGS: '${settings}' }`,
    );
  const stage = stageFor(describedBy(text), {}, undefined, [
    API,
    'api.push.apple.com',
    '*.googleapis.com',
  ]);
  const { network, ambient } = stage.context;
  const asked: WireRequest[] = [];
  const api: HttpDoor = {
    accepts: () => true,
    handle: (request) => {
      asked.push(request);
      if (request.path === '/reset') return { kind: 'reset' };
      const body = JSON.stringify({ sid: 'SM1', path: request.path });
      const headers = { 'content-type': 'application/json' };
      return { kind: 'answer', response: { status: 200, headers, body } };
    },
  };
  await network.listenHttp('api', api, { hosts: [{ host: API }] });
  const apple = pushWorld(ambient.clock, 'push/apns', [TOKEN]);
  const apns = createApns({ ...apple, handsets: apple.phones });
  await network.listenHttp('apns', apns.door, { http2: true, hosts: pushHosts('apns') });
  const google = pushWorld(ambient.clock, 'push/fcm', [FCM_TOKEN]);
  const fcm = createFcm({ ...google, handsets: google.phones });
  await network.listenHttp('fcm', fcm.door, { hosts: pushHosts('fcm') });
  const { keyId, teamId, privateKeyPem, topic } = apns.credentials;
  const written = {
    apns: { token: { key: privateKeyPem, keyId, teamId }, topic },
    serviceAccount: fcm.serviceAccount('https://oauth2.googleapis.com/token'),
  };
  writeFileSync(settings, JSON.stringify(written));
  const running = await startCommand(stage.context);
  onTestFinished(() => running.stop());
  expect(running.down).toBe(false);
  return {
    asked,
    call: async (client, given = {}) => {
      const query = new URLSearchParams(given).toString();
      const answer = await fetch(`${running.baseUrl}/call/${client}?${query}`);
      const said = await answer.text();
      if (!answer.ok) throw new Error(said);
      return said;
    },
    refused: () =>
      stage
        .of('door.request')
        .filter(({ component }) => component === 'outside')
        .map(({ operation, what }) => [operation, what] as const),
  };
}

const PLAIN = ['fetch', 'https', 'undici', 'axios'] as const;

describe('reach: proxy', () => {
  it('brings clients that know only the vendor’s host to its simulator', async () => {
    const { call, asked, refused } = await reached('proxy');
    for (const client of PLAIN) {
      expect(await call(client, { url: `https://${API}/${client}` })).toContain(`/${client}`);
    }
    expect(asked.map(({ path }) => path)).toEqual(PLAIN.map((client) => `/${client}`));
    expect(asked.every(({ headers }) => headers['host'] === API)).toBe(true);
    expect(refused()).toEqual([]);
  });

  it('brings the vendors’ own SDKs there: twilio, firebase-admin', async () => {
    const { call, asked } = await reached('proxy');
    expect(await call('twilio', { to: '+999100000001' })).toBe('SM1');
    expect(asked[0]?.path).toMatch(/^\/2010-04-01\/Accounts\/AC0+\/Messages\.json$/);
    expect(await call('firebase', { token: FCM_TOKEN })).toMatch(/^projects\/.*\/messages\//);
  });

  it('refuses every other host and names it', async () => {
    const { call, refused } = await reached('proxy');
    await expect(call('fetch', { url: 'https://tracker.example/pixel' })).rejects.toThrow();
    await expect(call('https', { url: 'https://tracker.example/pixel' })).rejects.toThrow();
    expect(refused()).toEqual([
      ['unexpected', 'CONNECT tracker.example:443'],
      ['unexpected', 'CONNECT tracker.example:443'],
    ]);
  });

  it('blames nobody for a vendor the world leaves out, nor for a host that was told', async () => {
    const { call, refused } = await reached('proxy', "outside: ['*.internal.example']\n");
    const vendor = 'https://europe-rcsbusinessmessaging.googleapis.com/';
    await expect(call('fetch', { url: vendor })).rejects.toThrow();
    await expect(call('fetch', { url: 'https://meta.internal.example/' })).rejects.toThrow();
    expect(refused()).toEqual([
      [
        'connect',
        'CONNECT europe-rcsbusinessmessaging.googleapis.com:443 ' +
          '(gateway/rbm, which this world leaves out)',
      ],
      ['connect', 'CONNECT meta.internal.example:443'],
    ]);
  });
});

needs('python', 'curl')('reach: proxy, other languages', () => {
  it.each(['curl', 'urllib'])('brings %s there', async (client) => {
    const { call } = await reached('proxy');
    expect(await call(client, { url: `https://${API}/${client}` })).toContain(`/${client}`);
  });
});

needs('python-requests')('reach: proxy, requests', () => {
  it('brings it there by a bundle of its own', async () => {
    const { call } = await reached('proxy');
    expect(await call('requests', { url: `https://${API}/requests` })).toContain('/requests');
  });
});

describe('reach: intercept', () => {
  it('brings every client of Node there, HTTP/2 and agents of their own too', async () => {
    const { call, asked, refused } = await reached('intercept');
    for (const client of [...PLAIN, 'http2']) {
      expect(await call(client, { url: `https://${API}/${client}` })).toContain(`/${client}`);
    }
    expect(await call('twilio', { to: '+999100000001' })).toBe('SM1');
    expect(await call('tcp', { host: API, port: '443' })).toBe('connected');
    expect(asked).toHaveLength(6);
    expect(refused()).toEqual([]);
  });

  it('brings node-apn and both transports of firebase-admin there', async () => {
    const { call } = await reached('intercept');
    const sent = { sent: [{ device: TOKEN }], reasons: [] };
    expect(JSON.parse(await call('apn', { token: TOKEN }))).toMatchObject(sent);
    const name = expect.stringMatching(/^projects\/.*\/messages\//) as string;
    expect(await call('firebase', { token: FCM_TOKEN })).toEqual(name);
    const batch = await call('firebase', { token: FCM_TOKEN, batch: 'yes' });
    expect(JSON.parse(batch)).toEqual([name, name]);
  });

  it('shows a broken connection as one', async () => {
    const { call } = await reached('intercept');
    await expect(call('https', { url: `https://${API}/reset` })).rejects.toThrow('ECONNRESET');
  });

  it('refuses every other destination, whatever is spoken there, and names it', async () => {
    const { call, refused } = await reached('intercept');
    const url = 'https://tracker.example/pixel?secret=1';
    await expect(call('fetch', { url })).rejects.toThrow('ECONNREFUSED tracker.example:443');
    for (const client of ['https', 'axios']) {
      await expect(call(client, { url })).rejects.toThrow('ECONNREFUSED');
    }
    const plain = 'http://tracker.example:8080/pixel';
    await expect(call('fetch', { url: plain })).rejects.toThrow('ECONNREFUSED');
    await expect(call('axios', { url: plain })).rejects.toThrow('ECONNREFUSED');
    await expect(call('http2', { url })).rejects.toThrow('ECONNREFUSED');
    await expect(call('tcp', { host: '192.0.2.7', port: '2775' })).rejects.toThrow('ECONNREFUSED');
    await expect.poll(refused).toEqual([
      ...Array.from({ length: 3 }, () => ['unexpected', 'GET https://tracker.example/pixel']),
      // What fetch says on a port of its own can be anything, until it is said.
      ['unexpected', 'CONNECT tracker.example:8080'],
      ['unexpected', 'GET http://tracker.example:8080/pixel'],
      ['unexpected', 'CONNECT tracker.example:443'],
      ['unexpected', 'CONNECT 192.0.2.7:2775'],
    ]);
  });
});
