/**
 * A forward proxy (RFC 9110 §9.3.6 CONNECT, RFC 9112 §3.2.2 absolute-form) that leads vendor hosts
 * to the simulators, ending their TLS, and lets nothing leave the machine: loopback addresses are
 * passed on untouched, every other destination is refused and told.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { VendorFront } from './vendor-front.ts';
import type { VendorHosts } from './vendor-hosts.ts';
import type { Exchange, Network, WireRequest } from './wire.ts';
import { readBody } from './request-body.ts';
import { hostOf } from './vendor-hosts.ts';

export interface ProxyServerOptions {
  readonly vendors: VendorHosts;
  readonly front: VendorFront;
  /** Where a destination on this machine is passed on to; undefined: it is none of these. */
  readonly near: (host: string, port: number) => string | undefined;
  /** For what goes there in absolute-form. */
  readonly request: Network['request'];
  /** A destination was refused: `CONNECT tracker.example:443`, `GET http://tracker.example/`. */
  readonly refused: (what: string) => void;
  readonly failed: (cause: unknown, where: string) => void;
}

/** Fields that concern one connection only (RFC 9110 §7.6.1), and those that sockets make anew. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function endToEnd(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';
/** Scheme, authority and the rest of an absolute-form target, without its query. */
const ABSOLUTE = /^(https?):\/\/([^/?#]+)(.*)$/i;

/** This machine itself (RFC 6890: 127.0.0.0/8, ::1; RFC 6761 §6.3: localhost). */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function portOf(authority: string, usual: number): number {
  return Number(/:(\d+)$/.exec(authority)?.[1] ?? usual);
}

function refusalText(destination: string): string {
  return (
    `bellwether: ${destination} leads to no simulator, and nothing leaves this machine.\n` +
    'Is it a host of a vendor that the scenario’s world leaves out?\n'
  );
}

/** Pipes two sockets into each other; a connection that one peer broke is broken for the other. */
export function join(client: Socket, server: Socket): void {
  const breaks = (from: Socket, to: Socket): void => {
    from.on('error', () => {
      if (!to.destroyed) to.resetAndDestroy();
    });
    from.on('close', () => {
      if (!to.destroyed) to.destroySoon();
    });
  };
  breaks(client, server);
  breaks(server, client);
  client.pipe(server);
  server.pipe(client);
}

function wireRequest(message: IncomingMessage, body: Uint8Array): WireRequest {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const headers = Object.entries(message.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: Object.fromEntries(headers),
    body,
  };
}

function write(target: ServerResponse, answer: Exchange & { readonly kind: 'answer' }): void {
  if (target.destroyed) return;
  const { status, headers, body } = answer.response;
  target.writeHead(status, headers);
  target.end(body);
}

/** Not listening yet. */
export function createProxyServer(options: ProxyServerOptions): Server {
  const { vendors, front, refused, failed } = options;

  const passOn = async (request: WireRequest, address: string): Promise<Exchange> => {
    const { method, headers, body, query } = request;
    const url = query === '' ? address : `${address}?${query}`;
    const call = { method, url, headers: endToEnd(headers) };
    const result = await options.request(body.length === 0 ? call : { ...call, body });
    if (result.kind === 'failure') return { kind: 'reset' };
    return {
      kind: 'answer',
      response: { ...result.response, headers: endToEnd(result.response.headers) },
    };
  };

  const refuse = (what: string, destination: string): Exchange => {
    refused(what);
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    return {
      kind: 'answer',
      response: { status: 403, headers, body: refusalText(destination) },
    };
  };

  const absolute = (request: WireRequest): Exchange | Promise<Exchange> => {
    const [, scheme, authority, rest] = ABSOLUTE.exec(request.path) ?? [];
    if (scheme === undefined || authority === undefined) {
      return refuse(`${request.method} ${request.path}`, request.path);
    }
    const host = hostOf(authority);
    const path = rest === undefined || rest === '' ? '/' : rest;
    const port = portOf(authority, scheme.toLowerCase() === 'https' ? 443 : 80);
    const near = options.near(host, port);
    if (near !== undefined) return passOn(request, `${scheme}://${near}:${port}${path}`);
    const doors = vendors.doorsOf(host);
    if (doors.length === 0)
      return refuse(`${request.method} ${scheme}://${authority}${path}`, host);
    if (!doors.map((door) => door.accepts()).includes(true)) return { kind: 'reset' };
    const headers = { ...endToEnd(request.headers), host: authority };
    const known = scheme.toLowerCase() === 'https' ? 'https' : 'http';
    return vendors.handle({ ...request, path, headers }, known, refused);
  };

  const server = createServer((message, response) => {
    const conclude = (exchange: Exchange): void => {
      if (exchange.kind === 'answer') write(response, exchange);
      else if (exchange.kind === 'reset') message.socket.resetAndDestroy();
    };
    const answer = async (body: Uint8Array): Promise<void> => {
      try {
        conclude(await absolute(wireRequest(message, body)));
      } catch (error) {
        message.socket.destroy();
        failed(error, `${message.method} ${message.url}`);
      }
    };
    readBody(
      message,
      (body) => void answer(body),
      () => {
        response.writeHead(413, { connection: 'close', 'content-length': 0 });
        response.end(() => message.socket.destroySoon());
      },
    );
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const authority = request.url ?? '';
    const host = hostOf(authority);
    const port = portOf(authority, 443);
    if (head.length > 0) socket.unshift(head);
    socket.on('error', () => socket.destroy());
    const nearHost = options.near(host, port);
    if (nearHost !== undefined) {
      const unreachable = (): unknown => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      const near = connect({ host: nearHost, port, noDelay: true });
      near.once('connect', () => {
        near.off('error', unreachable);
        socket.write(ESTABLISHED);
        join(socket, near);
      });
      near.once('error', unreachable);
      return;
    }
    if (vendors.doorsOf(host).length === 0) {
      refused(`CONNECT ${authority}`);
      const text = refusalText(authority);
      socket.end(
        'HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain; charset=utf-8\r\n' +
          `content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      );
      return;
    }
    front.take(socket, host, () => socket.write(ESTABLISHED));
  });
  return server;
}
