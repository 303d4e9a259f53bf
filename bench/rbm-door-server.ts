/**
 * One of the two servers of bench/rbm-door.ts, in a process of its own: `door` is the gateway with
 * state, taps, core and a history file; `bare` is node:http doing the same JSON: it reads the ids
 * of the address, parses the body, keeps the id in a Map and answers with the same fields.
 */
import { createServer } from 'node:http';
import { rbm } from '../simulators/gateway/personalities/rbm.ts';
import { SENDS } from './gateway-sends.ts';
import { openGatewayWorld } from './gateway-world.ts';
import { announceServer } from './server-process.ts';

export interface Ready {
  readonly port: number;
  /** Of the Authorization header. */
  readonly bearer: string;
  readonly numbers: readonly string[];
  readonly canaries: readonly string[];
}

async function door(): Promise<Ready> {
  const { gateway, listener, numbers, canaries } = await openGatewayWorld(rbm);
  const headers = await SENDS.rbm.headers(gateway.environment(listener.url));
  return { port: listener.port, bearer: headers['Authorization'] ?? '', numbers, canaries };
}

function bare(): Promise<Ready> {
  const seen = new Map<string, string>();
  // As the door's: a connection that rests while the other server has its round stays open.
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const id = new URLSearchParams(query).get('messageId') ?? '';
      const sendTime = new Date().toISOString();
      seen.set(id, sendTime);
      const name = `${path.slice('/v1/'.length)}/${id}`;
      const body = JSON.stringify({ ...json, name, sendTime });
      response.writeHead(200, {
        'content-type': 'application/json; charset=UTF-8',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, bearer: 'Bearer x', numbers: [], canaries: [] });
    });
  });
}

const ready = await (process.argv[2] === 'bare' ? bare() : door());
announceServer(ready);
