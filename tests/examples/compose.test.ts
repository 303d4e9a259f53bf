/** docker-compose.yml, brought up with Debian's docker-compose 1.29 and an image of local files. */
import { execFileSync } from 'node:child_process';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { PROJECT_FOLDER } from '../../harness/compose.ts';
import { loadNodeImage, NODE_IMAGE } from '../support/docker.ts';
import { needs } from '../support/needs.ts';

const NOTIFIER = 'http://127.0.0.1:18790';
const PROJECT = `bellwether-compose-${process.pid}`;

function compose(...words: string[]): string {
  return execFileSync('docker-compose', ['-p', PROJECT, ...words], {
    cwd: PROJECT_FOLDER,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, BELLWETHER_NODE_IMAGE: NODE_IMAGE, BELLWETHER_PORT: '19400' },
  });
}

const logs = (): string => compose('logs', '--no-color', 'simulators');

needs('docker', 'docker-compose')('docker-compose.yml', () => {
  beforeAll(loadNodeImage, 120_000);

  it('brings up simulators and the reference notifier, which reaches a phone', async () => {
    onTestFinished(() => void compose('down', '-v', '--timeout', '1'));
    compose('up', '-d');
    const status = (): Promise<number> =>
      fetch(`${NOTIFIER}/healthz`).then(
        (answer) => answer.status,
        () => 0,
      );
    await expect.poll(status, { timeout: 40_000, interval: 500 }).toBe(200);
    await expect.poll(logs, { timeout: 20_000, interval: 500 }).toContain('verification');
    const send = async (name: string): Promise<number> => {
      const to = new RegExp(`${name} (\\+999\\d+)`).exec(logs())?.[1];
      const answer = await fetch(`${NOTIFIER}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `compose-${name}` },
        body: JSON.stringify({ to, text: 'Hello.', sensitivity: 'low', kind: 'chat' }),
      });
      return answer.status;
    };
    expect(await send('ana')).toBe(202);
    expect(await send('ben')).toBe(202);
    const shown = (how: RegExp): Promise<void> =>
      expect.poll(logs, { timeout: 20_000, interval: 500 }).toMatch(how);
    // Ana has the app, which the policy prefers; Ben has not.
    await shown(/Shown on person\/ana\/device\/1 by app push/);
    await shown(/Shown on person\/ben\/device\/1 by end-to-end encrypted RCS, with a padlock/);
  });
});
