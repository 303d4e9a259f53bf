import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../kernel/clock.ts';
import type { Exchange, HttpDoor, WireResponse } from './wire.ts';
import { createServer } from 'node:http';
import { createAnswerRenderer } from './http1-answer.ts';
import { createAnswerQueue } from './http1-answer-queue.ts';
import { openLane } from './http1-lane.ts';
import { breakConnection } from './break-connection.ts';
import { trickle } from './trickle.ts';
import { readBody } from './request-body.ts';

/** Limits against peers that dawdle (slow loris) or shout. */
const LIMITS = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  noDelay: true,
} as const;

/** Node has joined repeated fields already, all but Set-Cookie, which no request carries. */
function plainHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  if (headers['set-cookie'] === undefined) return headers as Record<string, string>;
  return { ...(headers as Record<string, string>), 'set-cookie': headers['set-cookie'].join(', ') };
}

function write(response: ServerResponse, answer: WireResponse, clock: Clock): void {
  const { status, headers, body, bytesPerSecond } = answer;
  if (response.destroyed) return;
  const lines: (string | number)[] = [];
  let hasLength = status === 204 || status === 304;
  for (const name in headers) {
    lines.push(name, headers[name] ?? '');
    // A door that answers a HEAD says itself how long the body of a GET is.
    hasLength ||= name.toLowerCase() === 'content-length';
  }
  if (!hasLength) {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    lines.push('content-length', length);
  }
  response.writeHead(status, lines as unknown as string[]);
  if (bytesPerSecond === undefined) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  const octets = typeof body === 'string' ? Buffer.from(body) : body;
  trickle(clock, response, octets, bytesPerSecond, () => response.end());
}

export interface ServingOptions {
  /** Hears what the door throws; the peer then only sees its connection break. */
  readonly failed: (cause: unknown, where: string) => void;
  /** For dates in answers, and for what is done when the sockets of a turn have been read. */
  readonly clock: Clock;
}

/**
 * Serves a door over HTTP/1.1. Plain requests take the short way (http1-lane.ts), all others
 * Node's.
 */
export function createHttp1Server(door: HttpDoor, { failed, clock }: ServingOptions): Server {
  const handle = (message: IncomingMessage, response: ServerResponse, body: Uint8Array): void => {
    const target = message.url ?? '/';
    const mark = target.indexOf('?');
    const method = message.method ?? 'GET';
    const conclude = (exchange: Exchange): void => {
      if (exchange.kind === 'answer') write(response, exchange.response, clock);
      else if (exchange.kind === 'reset') breakConnection(message.socket);
    };
    const defect = (cause: unknown): void => {
      message.socket.destroy();
      failed(cause, `${method} ${target}`);
    };
    try {
      const exchange = door.handle({
        method,
        path: mark < 0 ? target : target.slice(0, mark),
        query: mark < 0 ? '' : target.slice(mark + 1),
        headers: plainHeaders(message.headers),
        body,
      });
      if (exchange instanceof Promise) exchange.then(conclude).catch(defect);
      else conclude(exchange);
    } catch (error) {
      defect(error);
    }
  };
  const server = createServer(LIMITS, (message, response) => {
    readBody(
      message,
      (body) => handle(message, response, body),
      () => {
        // The rest of the body is not read, so the connection cannot be used again.
        response.writeHead(413, { connection: 'close', 'content-length': 0 });
        response.end(() => message.socket.destroySoon());
      },
    );
  });

  const [takeOver] = server.listeners('connection') as ((socket: Socket) => void)[];
  if (takeOver === undefined) return server;
  server.removeAllListeners('connection');
  const render = createAnswerRenderer(LIMITS.keepAliveTimeout / 1_000, clock.epochMillis);
  const queue = createAnswerQueue((task) => clock.after(0, task, { daemon: true }));
  const idleTimeoutMs = LIMITS.keepAliveTimeout;
  const handOver = (socket: Socket): void => takeOver.call(server, socket);
  const options = { door, render, queue, clock, failed, idleTimeoutMs, handOver };
  server.on('connection', (socket) => {
    if (!socket.destroyed) openLane(socket, options);
  });
  return server;
}
