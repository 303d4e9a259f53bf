/** What `bellwether env` tells a program started elsewhere, and that a run agrees with it. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { holdPorts } from '../../harness/implementation/own-ports.ts';
import { temporaryFolder } from '../implementation/stage.ts';
import { bellwether } from './terminal.ts';

const SCENARIO = join(PROJECT_FOLDER, 'scenarios/gate/push-token-gone.yaml');
/** Where some thirty ports in a row are most likely free. */
async function firstPort(): Promise<string> {
  const ports = await holdPorts(1);
  await ports.release();
  return String(20_000 + ((ports.numbers[0]! - 19_000) % 12_000));
}

const told = async (folder: string, ...more: string[]): Promise<Record<string, string>> => {
  const { out, err, code } = await bellwether(
    ['env', SCENARIO, '--only', 'ios-26.5', ...more],
    folder,
  );
  expect([code, err]).toEqual([0, '']);
  const lines = [...out.matchAll(/^(\w+)=(?:'([^']*)'|(\S*)) {3}#/gm)];
  return Object.fromEntries(lines.map(([, name, quoted, plain]) => [name!, quoted ?? plain!]));
};

describe('bellwether env --reach', () => {
  it('proxy tells the usual variables, the address and the certificate authority', async () => {
    const folder = temporaryFolder();
    const set = await told(folder, '--reach', 'proxy', '--first-port', await firstPort());
    expect(set['HTTPS_PROXY']).toBe(set['PROXY_URL']);
    expect(set).toMatchObject({ NODE_USE_ENV_PROXY: '1', NO_PROXY: 'localhost,127.0.0.1,::1' });
    expect(set['NODE_EXTRA_CA_CERTS']).toBe(join(folder, '.bellwether/certificates/ca.pem'));
    expect(readFileSync(set['NODE_EXTRA_CA_CERTS']!, 'utf8').trim()).toBe(set['CA_PEM']?.trim());
  });

  it('intercept tells a table of all hosts of this world; env adds nothing', async () => {
    const folder = temporaryFolder();
    const set = await told(folder, '--reach', 'intercept', '--first-port', await firstPort());
    expect(set['NODE_OPTIONS']).toMatch(/^--import=file:.*intercept-preload\.js$/);
    const table = JSON.parse(set['BELLWETHER_INTERCEPT']!) as { hosts: [string, number][] };
    const ports = table.hosts.map(([, port]) => port);
    expect(new Set(ports).size).toBe(ports.length);
    expect(table.hosts.map(([host]) => host)).toContain('api.push.apple.com');
    const plain = await told(folder, '--first-port', await firstPort());
    expect(Object.keys(plain).filter((name) => /PROXY|NODE_/.test(name))).toEqual([]);
  });

  it('refuses a way that it cannot tell', async () => {
    const { code, err } = await bellwether(
      ['env', SCENARIO, '--reach', 'hosts'],
      temporaryFolder(),
    );
    expect(code).toBe(3);
    expect(err).toContain('expected one of env, proxy, intercept');
  });
});

describe('a program that was started with what env told', () => {
  it('is reached by a run on the same ports, by the vendors’ names', async () => {
    const folder = temporaryFolder();
    const ports = await holdPorts(1);
    const [port] = ports.numbers;
    const first = await firstPort();
    await ports.release();
    const set = await told(folder, '--reach', 'intercept', '--first-port', first);
    const data = join(folder, 'data');
    mkdirSync(data);
    const reference = join(PROJECT_FOLDER, 'examples/reference-notifier');
    const child = spawn(process.execPath, ['server.ts'], {
      cwd: reference,
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        ...set,
        PORT: String(port),
        POLICY: set['POLICY_FILE'],
        DATA_DIR: data,
        PUBLIC_URL: 'https://notify.example',
        RBM_BASE_URL: 'https://rcsbusinessmessaging.googleapis.com',
        RBM_TOKEN_URL: 'https://oauth2.googleapis.com/token',
        RBM_AGENT_ID: set['GATEWAY_RBM_AGENTID'],
        RBM_SERVICE_ACCOUNT: set['GATEWAY_RBM_SERVICEACCOUNT'],
        RBM_CLIENT_TOKEN: set['GATEWAY_RBM_CLIENTTOKEN'],
        SMPP_URL: set['SMS_URL'],
        APNS_URL: 'https://api.push.apple.com',
        APNS_KEY_ID: set['PUSH_APNS_KEYID'],
        APNS_TEAM_ID: set['PUSH_APNS_TEAMID'],
        APNS_PRIVATE_KEY: set['PUSH_APNS_PRIVATEKEY'],
        APNS_TOPIC: set['PUSH_APNS_TOPIC'],
        FCM_URL: 'https://fcm.googleapis.com',
        FCM_TOKEN_URL: 'https://oauth2.googleapis.com/token',
        FCM_PROJECT_ID: set['PUSH_FCM_PROJECTID'],
        FCM_SERVICE_ACCOUNT: set['PUSH_FCM_SERVICEACCOUNT'],
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const described = readFileSync(join(reference, 'implementation.process.yaml'), 'utf8');
    const [before, after] = described.split(/start:\n(?: {2}.*\n)*/);
    const ready = 'ready: { http: /healthz, within: 30s }';
    const url = `http://127.0.0.1:${port}`;
    const start = `reach: intercept\nstart:\n  url: ${url}\n  ${ready}\n`;
    const file = join(folder, 'implementation.yaml');
    writeFileSync(file, `${before}${start}${after}`);
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/healthz`).then(
            ({ status }) => status,
            () => 0,
          ),
        {
          timeout: 20_000,
        },
      )
      .toBe(200);
    const argv = ['run', SCENARIO, '--only', 'ios-26.5', '-i', file, '--first-port', first];
    const result = await bellwether([...argv, '--no-probe'], folder);
    expect(result.out).toContain('verdict: pass');
    expect(result.code).toBe(0);
  });
});
