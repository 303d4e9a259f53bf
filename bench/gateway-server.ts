/**
 * One of the servers of bench/gateways.ts, in a process of its own: `door NAME` is a gateway with
 * its world; `bare` is a node:http server that does the same to every request: it reads the body by
 * its type, keeps an id in a Map, and answers with the members of the gateway's own answer.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GATEWAYS } from '../simulators/gateway/personalities/index.ts';
import type { Environment, GatewayName } from './gateway-sends.ts';
import { SENDS } from './gateway-sends.ts';
import { openGatewayWorld } from './gateway-world.ts';
import { announceServer } from './server-process.ts';

export interface GatewayReady {
  readonly port: number;
  readonly environment: Environment;
  readonly headers: Readonly<Record<string, string>>;
  readonly numbers: readonly string[];
  readonly canaries: readonly string[];
}

/** What a bare or a static server answers: one answer of the gateway. */
export interface Sample {
  readonly status: number;
  readonly contentType: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly fresh: readonly string[];
}

async function door(name: GatewayName): Promise<GatewayReady> {
  const { gateway, listener, numbers, canaries } = await openGatewayWorld(
    await GATEWAYS[name].load(),
  );
  const environment = gateway.environment(listener.url);
  const headers = await SENDS[name].headers(environment);
  return { port: listener.port, environment, headers, numbers, canaries };
}

function bare({ status, contentType, body: template, fresh }: Sample): Promise<GatewayReady> {
  const kept = new Map<string, unknown>();
  let count = 0;
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
      const read: unknown = isForm ? new URLSearchParams(text) : JSON.parse(text);
      const id = `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
      kept.set(id, read);
      const made = Object.fromEntries(fresh.map((name) => [name, id]));
      const body = JSON.stringify({ ...template, ...made });
      const length = Buffer.byteLength(body);
      response.writeHead(status, { 'content-type': contentType, 'content-length': length });
      response.end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, environment: {}, headers: {}, numbers: [], canaries: [] });
    });
  });
}

const [kind, word = ''] = process.argv.slice(2);
announceServer(await (kind === 'door' ? door(word as GatewayName) : bare(JSON.parse(word))));
