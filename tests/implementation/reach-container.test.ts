import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { startContainer } from '../../harness/implementation/container-start.ts';
import type { HttpDoor } from '../../simulators/network/wire.ts';
import { certificateNames } from '../../simulators/world/vendor-hosts.ts';
import { leftOnEngine, loadNodeImage, NODE_IMAGE } from '../support/docker.ts';
import { needs } from '../support/needs.ts';
import { describedBy, FIXTURES, stageFor, temporaryFolder } from './stage.ts';

const SUBMISSION = {
  message: { id: 'm-1', text: 'hello', kind: 'chat', sensitivity: 'low', locale: 'en' },
  recipient: { 'recipient.msisdn': '+999100000001' },
};
const FCM = 'fcm.googleapis.com';
const APPLE = 'api.push.apple.com';
const ledger = { fault: 'f', hits: () => true, touched: () => {} };

const OURS = ['-q', '--filter', `label=io.bellwether.owner=${hostname()}/${process.pid}`];
const ask = (...words: string[]): string =>
  execFileSync('docker', words, { encoding: 'utf8' }).trim();

interface Given {
  /** Of `start`, below `container`. */
  readonly container?: string;
  readonly reach?: string;
  readonly fixture?: string;
  readonly mode?: string;
  readonly ready?: string;
}

function text(given: Given): string {
  const fixture = given.fixture ?? 'vendor-calls.mjs';
  return `bellwether: 1
implementation: fixture
version: 1.0.0
role: notifier
claims: { channels: [sms], sms: [smpp] }
reach: ${given.reach ?? 'env'}
start:
  container:
    ${given.container ?? `image: ${NODE_IMAGE}`}
    command: [node, '\${description.dir}/${fixture}', ${given.mode ?? 'polite'}]
    memory: 300
    cpus: 1
    processes: 40
  env: { PORT: '\${port}', HOST: '0.0.0.0', DATA_DIR: '\${data.dir}', RBM: '\${gateway.rbm.url}' }
  ready: ${given.ready ?? '{ http: /healthz, within: 30s }'}
send:
  request: { method: POST, path: /v1/messages, body: { text: '{{message.text}}' } }
  accepted: { status: [202], id: /messageId }
evidence: { files: ['data/**'] }
`;
}

const door = (name: string): HttpDoor => ({
  accepts: () => true,
  handle: ({ path, headers }) => {
    const body = `${name} ${headers['host']} ${path}`;
    return { kind: 'answer', response: { status: 200, headers: {}, body } };
  },
});

async function started(given: Given = {}) {
  const folder = temporaryFolder();
  for (const file of ['vendor-calls.mjs', 'http.mjs']) {
    copyFileSync(join(FIXTURES, file), join(folder, file));
  }
  const FROM = `FROM ${NODE_IMAGE}\nENV MADE=here\n`;
  const health = 'HEALTHCHECK --interval=1s CMD ["node", "-e", "0"]\n';
  writeFileSync(join(folder, 'Dockerfile'), `${FROM}${health}`);
  const stage = stageFor(describedBy(text(given), folder), {}, undefined, certificateNames());
  const { network } = stage.context;
  const rbm = await network.listenHttp('rbm', door('rbm'));
  await network.listenHttp('fcm', door('fcm'), { hosts: [{ host: FCM }] });
  await network.listenHttp('apns', door('apns'), { http2: true, hosts: [{ host: APPLE }] });
  const environment = { 'gateway.rbm.url': rbm.url };
  const running = await startContainer({ ...stage.context, environment });
  onTestFinished(() => running.stop());
  const call = async (client: string, query: Record<string, string>): Promise<string> => {
    const url = `${running.baseUrl}/call/${client}?${new URLSearchParams(query).toString()}`;
    return (await fetch(url)).text();
  };
  const refused = (): string[] => stage.of('door.request').map(({ what }) => what);
  return { stage, running, call, refused };
}

needs('docker')('a container', () => {
  beforeAll(loadNodeImage, 120_000);

  it('is started, gets ready, is spoken with, is stopped, and leaves nothing behind', async () => {
    const { stage, running } = await started({ fixture: 'http.mjs' });
    expect(running.down).toBe(false);
    const answer = await new Promise((told) => running.conversation.submit(SUBMISSION, told));
    expect(answer).toMatchObject({ outcome: 'accepted', id: 'm-1' });
    await running.stop();
    const kinds = stage.events.map(({ kind }) => kind).filter((kind) => !/output|tap/.test(kind));
    expect(kinds).toEqual([
      'implementation.started',
      'implementation.ready',
      'implementation.exited',
    ]);
    expect(leftOnEngine()).toEqual([]);
  });

  it('gets addresses that are true inside, its limits, nothing of our environment', async () => {
    const { running, call } = await started();
    const answer = await fetch(`${running.baseUrl}/env`);
    const env = (await answer.json()) as Record<string, string>;
    expect(Object.keys(env).toSorted()).toEqual([
      'DATA_DIR',
      'HOME',
      'HOST',
      'HOSTNAME',
      'PATH',
      'PORT',
      'RBM',
    ]);
    expect(env['RBM']).toMatch(/^http:\/\/host\.docker\.internal:\d+$/);
    expect(await call('fetch', { url: `${env['RBM']}/v1/x` })).toContain('/v1/x');
    const id = ask('ps', ...OURS);
    const format = '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}';
    expect(ask('inspect', '--format', format, id)).toBe('314572800 1000000000 40');
  });

  it('is killed, restarted and paused by faults, on the same data; both are evidence', async () => {
    const { stage, running, call } = await started();
    const url = running.baseUrl;
    for (const verb of ['kill', 'restart'] as const) {
      const ready = stage.of('implementation.ready').length;
      running.target.verbs[verb]!({ params: { down: 0 }, ledger } as never);
      await stage.until(() => stage.of('implementation.ready').length > ready);
    }
    expect(running.baseUrl).toBe(url);
    const asked = stage.of('implementation.exited');
    expect(asked).toMatchObject([
      { instance: 1, signal: 'SIGKILL', asked: true },
      { instance: 2, signal: 'SIGKILL', asked: true },
    ]);
    const lift = running.target.verbs['pause']!({ params: {}, ledger } as never);
    await expect.poll(() => ask('ps', '--filter', 'status=paused', ...OURS)).not.toBe('');
    const late = call('tcp', { host: '127.0.0.1', port: '8080' });
    const waited = await Promise.race([late, new Promise((done) => setTimeout(done, 700, 'none'))]);
    expect(waited).toBe('none');
    lift();
    expect(await late).toBe('connected');
    await running.stop();
    running.scanEvidence();
    const scans = stage.of('tap.scanned').map(({ observer, bytes }) => [observer, bytes]);
    expect(scans).toContainEqual(['implementation-files', 'started\n'.length * 3]);
    expect(scans).toContainEqual(['implementation-output', 'started\n'.length]);
    expect(running.lastOutput).toEqual(['started']);
  });

  it('that needs more memory than it has is ended, and its report says so', async () => {
    const { stage, running } = await started();
    await fetch(`${running.baseUrl}/eat`).catch(() => {});
    await stage.until(() => stage.of('implementation.exited').length > 0);
    const [exited] = stage.of('implementation.exited');
    expect(exited).toMatchObject({ asked: false, signal: 'SIGKILL' });
    expect(exited?.lastLines?.join(' ')).toContain('more than its memory');
    expect(running.down).toBe(true);
  });

  it('is built from a Dockerfile, and can be ready when its health check says so', async () => {
    const { running, stage } = await started({
      container: 'build: .',
      ready: '{ http: /healthz, healthy: on, within: 30s }',
    });
    const answer = await fetch(`${running.baseUrl}/env`);
    expect(await answer.json()).toMatchObject({ MADE: 'here' });
    await running.stop();
    expect(stage.of('implementation.ready')).toHaveLength(1);
    expect(leftOnEngine()).toEqual([]);
  });

  it('that a killed run left behind is removed by the next', async () => {
    // The owner: a process of this machine that is no more.
    const { pid } = spawnSync('true');
    const labels = ['--label', `io.bellwether.owner=${hostname()}/${pid}`];
    const other = ['--label', `io.bellwether.owner=elsewhere/${pid}`];
    const create = (...label: string[]): string =>
      ask('create', ...label, '--network', 'none', NODE_IMAGE, 'node');
    const [left, kept] = [create(...labels), create(...other)];
    onTestFinished(() => void ask('rm', kept));
    const { running } = await started();
    await running.stop();
    const all = ask('ps', '-aq', '--no-trunc');
    expect(all).not.toContain(left);
    expect(all).toContain(kept);
  });

  it('without an image, or with a Dockerfile that fails, is the author’s error', async () => {
    const missing = started({ container: 'image: 127.0.0.1:1/nobody/nothing:1' });
    await expect(missing).rejects.toMatchObject({ code: 'IMPLEMENTATION_CONTAINER' });
    const broken = started({ container: 'build: { context: ., dockerfile: http.mjs }' });
    await expect(broken).rejects.toMatchObject({ code: 'IMPLEMENTATION_CONTAINER' });
    expect(leftOnEngine()).toEqual([]);
  });
});

needs('docker', 'low-ports')('reach: hosts', () => {
  beforeAll(loadNodeImage, 120_000);

  it('the vendors’ names lead to the simulators, over HTTP/1.1 and HTTP/2', async () => {
    const { call, refused } = await started({ reach: 'hosts' });
    for (const client of ['fetch', 'https']) {
      expect(await call(client, { url: `https://${FCM}/${client}` })).toBe(`fcm ${FCM} /${client}`);
    }
    expect(await call('fetch', { url: `http://${FCM}/plain` })).toBe(`fcm ${FCM} /plain`);
    expect(await call('http2', { url: `https://${APPLE}/3/device/1` })).toBe(
      `apns ${APPLE}:443 /3/device/1`,
    );
    expect(refused()).toEqual([]);
  });

  it('every other name does not exist and is named; no address is reached', async () => {
    const { call, refused } = await started({ reach: 'hosts' });
    expect(await call('fetch', { url: 'https://tracker.example/' })).toContain('ENOTFOUND');
    expect(refused()).toEqual(['lookup tracker.example']);
    // An address without a name: nothing of this network is forwarded.
    const network = ask('network', 'ls', ...OURS);
    expect(ask('network', 'inspect', '--format', '{{.Internal}}', network)).toBe('true');
  });
});

needs('docker')('reach in a container', () => {
  beforeAll(loadNodeImage, 120_000);

  it('proxy: the variables lead there from inside too', async () => {
    const { call, refused } = await started({ reach: 'proxy' });
    expect(await call('https', { url: `https://${FCM}/x` })).toBe(`fcm ${FCM} /x`);
    expect(await call('fetch', { url: 'https://tracker.example/' })).toContain('fetch failed');
    expect(refused()).toEqual(['CONNECT tracker.example:443']);
  });

  it('env: no name is looked up outside either, and whoever asks is named', async () => {
    const { call, refused } = await started();
    expect(await call('fetch', { url: 'https://tracker.example/' })).toContain('ENOTFOUND');
    expect(refused()).toEqual(['lookup tracker.example']);
  });
});
