/** The answers of one HTTP/2 connection, as fast as the peer's windows let them go. */
import type { Clock } from '../kernel/clock.ts';
import type { Http2Head } from './http2-request.ts';
import type { WireResponse } from './wire.ts';
import { encodeField, encodeStatus } from './hpack.ts';
import { FLAG, FRAME, FRAME_LIMIT_BYTES, INITIAL_WINDOW, LARGEST_WINDOW } from './http2-frames.ts';
import { writeFrame, writeHeaders } from './http2-frames.ts';
import { trickle } from './trickle.ts';

/** One request and its answer. */
export interface Http2Stream {
  readonly id: number;
  readonly head: Http2Head;
  readonly chunks: Buffer[];
  sizeBytes: number;
  /** Octets that came since the peer was last given window. */
  unackedBytes: number;
  /** What the peer still takes. */
  window: number;
  /** What of the body could not be sent yet, as latin1 text. */
  pending: string;
  /** More of the body comes later: what is pending does not end it. */
  more: boolean;
  /** The whole request was read and the door asked. */
  asked: boolean;
  /** Runs once the answer is sent in full. */
  sent: (() => void) | undefined;
}

export interface Http2Answers {
  /** Sends the answer of a stream; `sent` runs when all of it is written. */
  answer(stream: Http2Stream, response: WireResponse, sent?: () => void): void;
  /** WINDOW_UPDATE; false where a window grew beyond all bounds. Stream 0 is the connection's. */
  widen(stream: Http2Stream | undefined, bytes: number): boolean;
  /** SETTINGS_INITIAL_WINDOW_SIZE of the peer. */
  setInitialWindow(bytes: number): boolean;
  readonly initialWindow: number;
}

const FORBIDDEN = /[^\t -~\x80-\xff]/;

export function createHttp2Answers(
  streams: Map<number, Http2Stream>,
  write: (octets: string) => void,
  clock: Pick<Clock, 'after' | 'epochMillis'>,
): Http2Answers {
  let window = INITIAL_WINDOW;
  let initialWindow = INITIAL_WINDOW;
  let dateSecond = 0;
  let date = '';

  const finish = (stream: Http2Stream): void => {
    streams.delete(stream.id);
    stream.sent?.();
  };

  const pump = (stream: Http2Stream): void => {
    while (stream.pending.length > 0) {
      const bytes = Math.min(stream.pending.length, FRAME_LIMIT_BYTES, window, stream.window);
      if (bytes <= 0) return;
      const part = stream.pending.slice(0, bytes);
      stream.pending = stream.pending.slice(bytes);
      window -= bytes;
      stream.window -= bytes;
      const flags = stream.pending.length === 0 && !stream.more ? FLAG.endStream : 0;
      write(writeFrame(FRAME.data, flags, stream.id, part));
      if (flags !== 0) finish(stream);
    }
  };

  /** So many bytes a second, of this stream alone: the others are as fast as ever. */
  const pumpSlowly = (stream: Http2Stream, body: Buffer, bytesPerSecond: number): void => {
    stream.more = true;
    const sink = {
      /** Reset by the peer, or gone with its connection. */
      get destroyed() {
        return streams.get(stream.id) !== stream;
      },
      write: (piece: Uint8Array) => {
        stream.pending += Buffer.from(piece).toString('latin1');
        pump(stream);
      },
    };
    trickle(clock, sink, body, bytesPerSecond, () => {
      stream.more = false;
      // What the peer's window still holds back ends the stream when it goes.
      if (stream.pending.length > 0) return;
      write(writeFrame(FRAME.data, FLAG.endStream, stream.id, ''));
      finish(stream);
    });
  };

  const dateField = (): string => {
    const second = Math.floor(clock.epochMillis() / 1_000);
    if (second !== dateSecond) {
      dateSecond = second;
      date = encodeField('date', new Date(second * 1_000).toUTCString());
    }
    return date;
  };

  const pumpAll = (): void => {
    for (const stream of streams.values()) if (stream.pending.length > 0) pump(stream);
  };

  return {
    get initialWindow() {
      return initialWindow;
    },
    answer: (stream, { status, headers, body, bytesPerSecond }, sent) => {
      let block = encodeStatus(status);
      for (const name in headers) {
        const value = headers[name] ?? '';
        if (FORBIDDEN.test(value)) {
          throw new TypeError(`not a header field: ${JSON.stringify({ [name]: value })}`);
        }
        block += encodeField(name.toLowerCase(), value);
      }
      block += dateField();
      const bare = stream.head.method === 'HEAD' || status === 204 || status === 304;
      stream.sent = sent;
      if (bare || body.length === 0) {
        write(writeHeaders(stream.id, block, true));
        finish(stream);
        return;
      }
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      write(writeHeaders(stream.id, block, false));
      const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      if (bytesPerSecond !== undefined) {
        pumpSlowly(stream, octets, bytesPerSecond);
        return;
      }
      stream.pending = octets.toString('latin1');
      pump(stream);
    },
    widen: (stream, bytes) => {
      if (stream === undefined) {
        window += bytes;
        if (window > LARGEST_WINDOW) return false;
        pumpAll();
        return true;
      }
      stream.window += bytes;
      if (stream.window > LARGEST_WINDOW) return false;
      pump(stream);
      return true;
    },
    setInitialWindow: (bytes) => {
      if (bytes > LARGEST_WINDOW) return false;
      const change = bytes - initialWindow;
      initialWindow = bytes;
      for (const stream of streams.values()) stream.window += change;
      pumpAll();
      return true;
    },
  };
}
