/**
 * An HTTP/1.1 client of a few raw sockets, one request under way on each: it costs so little that
 * the server is the limit. A connection that the server closes with its answer is opened anew.
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

/** What is left after one whole answer; undefined: it is not whole yet. Throws when it is bad. */
function afterAnswer(
  text: string,
): { readonly rest: string; readonly closes: boolean } | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  if (!text.startsWith('HTTP/1.1 2')) throw new Error(text.slice(0, SHOWN));
  const fields = text.slice(0, head + 2);
  // It ends with its connection, and whatever its length is.
  if (/\r\nconnection: close\r\n/i.test(fields)) return { rest: '', closes: true };
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(fields)?.[1] ?? 'NaN');
  if (Number.isNaN(length)) throw new Error(`no length: ${text.slice(0, SHOWN)}`);
  const end = head + 4 + length;
  return text.length < end ? undefined : { rest: text.slice(end), closes: false };
}

interface Lane {
  /** Sends until there is no more. */
  run(next: () => string | undefined): Promise<void>;
  close(): void;
}

/** One connection, opened anew when the server closes it with its answer. */
function openLane(port: number): Lane {
  let socket: Socket | undefined;
  const connected = async (): Promise<Socket> => {
    if (socket !== undefined && !socket.destroyed) return socket;
    socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return socket;
  };
  /** Until there is no more (`false`), or the server closes after an answer. */
  const drive = (on: Socket, next: () => string | undefined): Promise<boolean> =>
    new Promise((resolve, reject) => {
      let rest = '';
      let closing = false;
      const done = (again: boolean): void => {
        on.off('data', onData).off('close', onClose).off('error', reject);
        resolve(again);
      };
      const send = (): void => {
        const request = next();
        if (request === undefined) done(false);
        else on.write(request, 'latin1');
      };
      const onData = (chunk: Buffer): void => {
        if (closing) return;
        rest += chunk.toString('latin1');
        try {
          const read = afterAnswer(rest);
          if (read === undefined) return;
          ({ rest, closes: closing } = read);
          if (!closing) send();
        } catch (error) {
          reject(error);
        }
      };
      const onClose = (): void => {
        if (closing) done(true);
        else reject(new Error('the server closed a connection without an answer'));
      };
      on.on('data', onData).on('close', onClose).on('error', reject);
      send();
    });
  return {
    run: async (next) => {
      while (await drive(await connected(), next));
    },
    close: () => socket?.destroy(),
  };
}

export function openRawClient(port: number): RawClient {
  const lanes = Array.from({ length: CONNECTIONS }, () => openLane(port));
  return {
    round: async (count, make) => {
      let left = count;
      const begin = performance.now();
      const next = (): string | undefined => (left-- > 0 ? make() : undefined);
      await Promise.all(lanes.map((lane) => lane.run(next)));
      return (performance.now() - begin) / 1_000;
    },
    close: () => {
      for (const lane of lanes) lane.close();
    },
  };
}
