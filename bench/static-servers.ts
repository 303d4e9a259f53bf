/**
 * mountebank and Prism, each serving one static answer: what a project would mock a vendor with
 * today. They are no dependencies of ours: the first measurement installs them, pinned, into a
 * folder that git does not see.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('../.bellwether/bench-static/', import.meta.url));
const PACKAGES = { mountebank: '2.9.1', '@stoplight/prism-cli': '5.16.0' } as const;
const START_TIMEOUT_MS = 30_000;
const INSTALL_TIMEOUT_MS = 300_000;

/** One operation that is answered, always alike. */
export interface StaticAnswer {
  /** As OpenAPI writes it: `/v1/phones/{E164}/agentMessages`. */
  readonly path: string;
  readonly requestType: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface StaticServer {
  readonly port: number;
  stop(): void;
}

/** Installs what is missing; returns why it cannot be had, or undefined. */
export async function installStaticServers(): Promise<string | undefined> {
  const wanted = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
  if (existsSync(join(FOLDER, 'node_modules/.bin/prism'))) return undefined;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n');
  try {
    await promisify(execFile)(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...wanted],
      { cwd: FOLDER, timeout: INSTALL_TIMEOUT_MS },
    );
    return undefined;
  } catch (error) {
    const [why] = (error as Error).message.split('\n');
    return `${wanted.join(' and ')} cannot be installed: ${why}`;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // Refused (ECONNREFUSED): it does not listen yet.
    return false;
  } finally {
    socket.destroy();
  }
}

async function startTool(bin: string, words: string[], port: number): Promise<StaticServer> {
  const file = join(FOLDER, 'node_modules/.bin', bin);
  const child = spawn(process.execPath, [file, ...words], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kill = (): void => {
    child.kill();
  };
  const stop = (): void => {
    process.off('exit', kill);
    kill();
  };
  process.once('exit', kill);
  const begin = performance.now();
  while (!(await listens(port))) {
    if (child.exitCode !== null || performance.now() - begin > START_TIMEOUT_MS) {
      stop();
      throw new Error(`${bin} does not start`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { port, stop };
}

/**
 * An imposter whose only stub answers everything. As it comes, it closes every connection after its
 * answer; `keepsConnections` has it told otherwise.
 */
export async function startMountebank(
  answer: StaticAnswer,
  keepsConnections: boolean,
): Promise<StaticServer> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const { status: statusCode, contentType, body } = answer;
  const text = JSON.stringify(body);
  const kept = { 'content-length': Buffer.byteLength(text), connection: 'keep-alive' };
  const headers = { 'content-type': contentType, ...(keepsConnections ? kept : {}) };
  const is = { statusCode, headers, body: text };
  const stubs = [{ responses: [{ is }] }];
  const file = join(FOLDER, `mountebank-${port}.json`);
  const imposters = [{ port, protocol: 'http', host: '127.0.0.1', stubs }];
  writeFileSync(file, JSON.stringify({ imposters }));
  const quiet = ['--nologfile', '--loglevel', 'error', '--pidfile', `${file}.pid`];
  return startTool('mb', ['--port', `${adminPort}`, '--configfile', file, ...quiet], port);
}

/** An OpenAPI document of one operation with one example. */
export async function startPrism(answer: StaticAnswer): Promise<StaticServer> {
  const port = await freePort();
  const { path, requestType, status, contentType, body } = answer;
  const [plainType = contentType] = contentType.split(';');
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const document = {
    openapi: '3.0.3',
    info: { title: 'One static answer', version: '1' },
    paths: {
      [path]: {
        post: {
          parameters,
          requestBody: { content: { [requestType]: { schema: { type: 'object' } } } },
          responses: {
            [status]: { description: 'sent', content: { [plainType]: { example: body } } },
          },
        },
      },
    },
  };
  const file = join(FOLDER, `openapi-${port}.json`);
  writeFileSync(file, JSON.stringify(document));
  const words = ['mock', '--host', '127.0.0.1', '--port', `${port}`, '--verboseLevel', 'silent'];
  return startTool('prism', [...words, file], port);
}
