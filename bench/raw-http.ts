/**
 * An HTTP/1.1 client of a few raw sockets, one request under way on each: it costs so little that
 * the server is the limit.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const CONNECTIONS = 16;
/** As much of an unexpected answer as is shown. */
const SHOWN = 500;

export interface RawClient {
  /** Sends `count` requests made by `make(number)`; returns how long it took, in seconds. */
  round(count: number, make: () => string): Promise<number>;
  close(): void;
}

/** The text of one request with a body of ASCII. */
export function rawPost(
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = `Content-Length: ${body.length}\r\n`;
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields.join('')}${length}\r\n${body}`;
}

/** Sends until there is no more; answers are counted by their Content-Length. */
function drive(socket: Socket, next: () => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = '';
    const send = (): void => {
      const request = next();
      if (request === undefined) {
        socket.off('data', onData);
        socket.off('close', onClose);
        resolve();
      } else {
        socket.write(request, 'latin1');
      }
    };
    const onData = (chunk: Buffer): void => {
      rest += chunk.toString('latin1');
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      if (!rest.startsWith('HTTP/1.1 2')) return reject(new Error(rest.slice(0, SHOWN)));
      const length = Number(/content-length: (\d+)/i.exec(rest)?.[1] ?? 'NaN');
      if (Number.isNaN(length)) return reject(new Error(`no length: ${rest.slice(0, SHOWN)}`));
      if (rest.length < head + 4 + length) return;
      rest = rest.slice(head + 4 + length);
      send();
    };
    const onClose = (): void => reject(new Error('the server closed a connection in a round'));
    socket.on('data', onData);
    socket.on('close', onClose);
    if (socket.destroyed) onClose();
    else send();
  });
}

export async function openRawClient(port: number): Promise<RawClient> {
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets) socket.setNoDelay(true);
  return {
    round: async (count, make) => {
      let left = count;
      const begin = performance.now();
      const next = (): string | undefined => (left-- > 0 ? make() : undefined);
      await Promise.all(sockets.map((socket) => drive(socket, next)));
      return (performance.now() - begin) / 1_000;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
