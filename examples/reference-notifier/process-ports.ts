import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { ModulePorts } from 'bellwether/module';
import { createHttp2Client } from './process-http2.ts';
import { openJournal } from './process-journal.ts';

export interface ProcessPorts extends ModulePorts {
  close(): void;
}

/** The platform behind the ports: real time, sockets, randomness and disk. */
export function createProcessPorts(environment: NodeJS.ProcessEnv): ProcessPorts {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) env[name] = value;
  }
  const store = openJournal(env['DATA_DIR'] || 'data');
  const http2 = createHttp2Client(env['CA_PEM'] || undefined);
  const apns = env['APNS_URL'] || undefined;
  return {
    env,
    store,
    policy: JSON.parse(readFileSync(env['POLICY'] || 'policy.json', 'utf8')) as unknown,
    clock: {
      epochMillis: () => Date.now(),
      after: (delayMs, task, options) => {
        const timer = setTimeout(task, Math.max(0, delayMs));
        if (options?.daemon === true) timer.unref();
        return { cancel: () => clearTimeout(timer) };
      },
    },
    fetch: async (url, options) => {
      if (apns?.startsWith('https:') === true && url.startsWith(apns)) {
        return http2.fetch(url, options);
      }
      const { body, ...rest } = options ?? {};
      const bytes = typeof body === 'object' ? new Uint8Array(body) : body;
      return fetch(url, {
        ...rest,
        ...(bytes !== undefined && { body: bytes }),
        redirect: 'manual',
      });
    },
    connect: (host, port) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port, noDelay: true });
        socket.once('error', reject);
        socket.once('connect', () => {
          socket.off('error', reject);
          resolve(socket);
        });
      }),
    random: (length) => new Uint8Array(randomBytes(length)),
    uuid: () => randomUUID(),
    log: (line) => {
      process.stdout.write(`${line}\n`);
    },
    close: () => {
      http2.close();
      store.close();
    },
  };
}
