/** The notifier as a process of its own: `node server.ts`, configured by its environment. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ModuleInstance, ModuleRequest } from 'bellwether/module';
import { create } from './create.ts';
import { createProcessPorts } from './process-ports.ts';

const LONGEST_BODY_BYTES = 1_000_000;

async function readAll(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LONGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toRequest(incoming: IncomingMessage, body: Buffer): ModuleRequest {
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', 'http://localhost').href,
    headers: {
      get: (name) => {
        const value = incoming.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
    text: async () => body.toString('utf8'),
    json: async () => JSON.parse(body.toString('utf8')) as unknown,
    arrayBuffer: async () => new Uint8Array(body).buffer,
  };
}

async function serve(
  notifier: ModuleInstance,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readAll(incoming);
  if (body === undefined) {
    outgoing.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const answer = await notifier.fetch(toRequest(incoming, body));
  const headers =
    answer.headers instanceof Headers ? Object.fromEntries(answer.headers) : answer.headers;
  outgoing.writeHead(answer.status, headers);
  // The notifier's own answers are texts; a stream would be piped here.
  outgoing.end(typeof answer.body === 'string' ? answer.body : undefined);
}

const ports = createProcessPorts(process.env);
const notifier = await create(ports);
const server = createServer((incoming, outgoing) => {
  serve(notifier, incoming, outgoing).catch((error: unknown) => {
    ports.log(`request failed: ${error instanceof Error ? error.message : String(error)}`);
    outgoing.destroy();
  });
});
server.listen(Number(process.env['PORT'] ?? 8080), process.env['HOST'] ?? '127.0.0.1', () => {
  ports.log('ready');
});

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await notifier.stop();
  ports.close();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
