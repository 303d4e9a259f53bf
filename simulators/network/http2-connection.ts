/**
 * One connection of HTTP/2 (RFC 9113), the server's side. Node's own costs three times as much for
 * a small request as a push service does with it, and cannot take what some clients write and
 * vendors overlook.
 */
import type { Socket } from 'node:net';
import type { Http2Stream } from './http2-streams.ts';
import type { Frame } from './http2-frames.ts';
import type { ServingOptions } from './http1-server.ts';
import type { Exchange, HttpDoor } from './wire.ts';
import { HpackError, createHpackDecoder } from './hpack.ts';
import { FLAG, FRAME, HTTP2_ERROR, LARGEST_WINDOW, PREFACE, SETTING } from './http2-frames.ts';
import {
  createFrameReader,
  writeFrame,
  writeGoaway,
  writeReset,
  writeSettings,
  writeWindowUpdate,
} from './http2-frames.ts';
import { HeadReader, isSoundField } from './http2-request.ts';
import { createHttp2Answers } from './http2-streams.ts';
import { BODY_LIMIT_BYTES } from './request-body.ts';

export interface Http2Options extends ServingOptions {
  readonly door: HttpDoor;
  /** The client takes us for a host whose servers do not look at `:scheme`. */
  readonly anyScheme: boolean;
}

const IDLE_TIMEOUT_MS = 600_000;
const MOST_STREAMS = 1_000;
/** Header blocks with all their CONTINUATIONs. */
const BLOCK_LIMIT_BYTES = 64 * 1024;
/** What a stream may send before it is given more. */
const STREAM_WINDOW = 1024 * 1024;
const CONNECTION_WINDOW = 16 * 1024 * 1024;
const OUR_SETTINGS = writeSettings([
  [SETTING.maxConcurrentStreams, MOST_STREAMS],
  [SETTING.initialWindowSize, STREAM_WINDOW],
  [SETTING.maxHeaderListSize, 32 * 1024],
]);
const NO_BODY = new Uint8Array(0);

/** Ends the connection: the peer broke a rule of it. */
class ConnectionError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'ConnectionError';
    this.code = code;
  }
}

/** Takes padding away; `at` is where the content begins. A new view costs as much as a frame. */
function unpadded({ flags, payload }: Frame, at: number): Buffer {
  if ((flags & FLAG.padded) === 0) return at === 0 ? payload : payload.subarray(at);
  const end = payload.length - (payload[0] ?? 0);
  if (end < at) throw new ConnectionError(HTTP2_ERROR.protocol, 'more padding than frame');
  return payload.subarray(at, end);
}

/** Serves one connection. */
export function openHttp2Connection(socket: Socket, options: Http2Options): void {
  const { door, failed, clock, anyScheme } = options;
  const frames = createFrameReader();
  const hpack = createHpackDecoder(isSoundField);
  const streams = new Map<number, Http2Stream>();
  /** Requests of one connection have one object. */
  const connection = {};
  let preface: Buffer | undefined = Buffer.alloc(0);
  let settled = false;
  let lastStream = 0;
  let unackedBytes = 0;
  /** No new streams are taken. */
  let leaving = false;
  let closed = false;
  /** A header block whose CONTINUATION must come next. */
  let block: { stream: number; endsStream: boolean; parts: Buffer[]; bytes: number } | undefined;
  let out = '';

  const flush = (): void => {
    if (out === '' || socket.destroyed) return;
    const octets = out;
    out = '';
    socket.write(octets, 'latin1');
  };
  const write = (octets: string): void => {
    // Together with the answers to all that came with it: each write is a TLS record.
    if (out === '') process.nextTick(flush);
    out += octets;
  };
  const answers = createHttp2Answers(streams, write, clock);

  const close = (): void => {
    closed = true;
    flush();
    socket.end();
  };
  const leave = (code: number, text: string): void => {
    if (!leaving) write(writeGoaway(lastStream, code, text));
    leaving = true;
    if (streams.size === 0 || code !== HTTP2_ERROR.none) close();
  };
  const resetStream = (id: number, code: number): void => {
    streams.delete(id);
    write(writeReset(id, code));
  };
  const breakConnection = (): void => {
    closed = true;
    socket.destroy();
  };

  const settledAnswer = (): void => {
    if (leaving && streams.size === 0 && !closed) close();
  };

  const conclude = (stream: Http2Stream, exchange: Exchange): void => {
    if (closed || streams.get(stream.id) !== stream) return;
    if (exchange.kind === 'answer') {
      const { goaway } = exchange.response;
      const sent = goaway === undefined ? settledAnswer : () => leave(HTTP2_ERROR.none, goaway);
      answers.answer(stream, exchange.response, sent);
    } else if (exchange.kind === 'reset') {
      breakConnection();
    }
  };

  const ask = (stream: Http2Stream): void => {
    const { method, target, headers, length } = stream.head;
    if (length !== undefined && length !== stream.sizeBytes) {
      resetStream(stream.id, HTTP2_ERROR.protocol);
      return;
    }
    stream.asked = true;
    const mark = target.indexOf('?');
    const defect = (cause: unknown): void => {
      breakConnection();
      failed(cause, `${method} ${target}`);
    };
    const [first = NO_BODY] = stream.chunks;
    try {
      const exchange = door.handle({
        method,
        path: mark < 0 ? target : target.slice(0, mark),
        query: mark < 0 ? '' : target.slice(mark + 1),
        headers,
        body: stream.chunks.length > 1 ? Buffer.concat(stream.chunks) : first,
        connection,
      });
      if (exchange instanceof Promise) {
        exchange.then((later) => conclude(stream, later)).catch(defect);
      } else {
        conclude(stream, exchange);
      }
    } catch (error) {
      defect(error);
    }
  };

  const opened = (id: number, endsStream: boolean, headerBlock: Buffer): void => {
    const known = streams.get(id);
    const reader = new HeadReader(anyScheme);
    // Also of what is refused: the table is the connection's.
    hpack.decode(headerBlock, reader);
    if (known !== undefined) {
      // Trailers: nobody here reads them.
      if (!endsStream || known.asked) resetStream(id, HTTP2_ERROR.protocol);
      else ask(known);
      return;
    }
    if (id <= lastStream) return;
    if (leaving) return;
    lastStream = id;
    const head = reader.end();
    if (head === undefined || streams.size >= MOST_STREAMS) {
      write(writeReset(id, head === undefined ? HTTP2_ERROR.protocol : HTTP2_ERROR.refusedStream));
      return;
    }
    const stream: Http2Stream = {
      id,
      head,
      chunks: [],
      sizeBytes: 0,
      unackedBytes: 0,
      window: answers.initialWindow,
      pending: '',
      more: false,
      asked: false,
      sent: undefined,
    };
    streams.set(id, stream);
    if (endsStream) ask(stream);
  };

  const onHeaders = (frame: Frame): void => {
    const { flags, stream } = frame;
    if (stream % 2 === 0) throw new ConnectionError(HTTP2_ERROR.protocol, 'not a client stream');
    const padding = (flags & FLAG.padded) === 0 ? 0 : 1;
    const part = unpadded(frame, padding + ((flags & FLAG.priority) === 0 ? 0 : 5));
    const endsStream = (flags & FLAG.endStream) !== 0;
    if ((flags & FLAG.endHeaders) !== 0) opened(stream, endsStream, part);
    else block = { stream, endsStream, parts: [part], bytes: part.length };
  };

  const onContinuation = ({ flags, stream, payload }: Frame): void => {
    if (block === undefined || block.stream !== stream) {
      throw new ConnectionError(HTTP2_ERROR.protocol, 'a continuation of nothing');
    }
    block.parts.push(payload);
    block.bytes += payload.length;
    if (block.bytes > BLOCK_LIMIT_BYTES || block.parts.length > 64) {
      throw new ConnectionError(HTTP2_ERROR.calm, 'the header section is too large');
    }
    if ((flags & FLAG.endHeaders) === 0) return;
    const { endsStream, parts } = block;
    block = undefined;
    opened(stream, endsStream, Buffer.concat(parts));
  };

  const onData = (frame: Frame): void => {
    const { flags, stream: id, payload } = frame;
    if (id > lastStream || id % 2 === 0) {
      throw new ConnectionError(HTTP2_ERROR.protocol, 'data of a stream that is not open');
    }
    unackedBytes += payload.length;
    if (unackedBytes > CONNECTION_WINDOW) {
      throw new ConnectionError(HTTP2_ERROR.flowControl, 'more than the window');
    }
    if (unackedBytes >= CONNECTION_WINDOW / 2) {
      write(writeWindowUpdate(0, unackedBytes));
      unackedBytes = 0;
    }
    const part = unpadded(frame, (flags & FLAG.padded) === 0 ? 0 : 1);
    const stream = streams.get(id);
    // Of one that was reset or answered already the rest is dropped.
    if (stream === undefined || stream.asked) return;
    stream.unackedBytes += payload.length;
    stream.sizeBytes += part.length;
    if (stream.unackedBytes > STREAM_WINDOW) {
      resetStream(id, HTTP2_ERROR.flowControl);
    } else if (stream.sizeBytes > BODY_LIMIT_BYTES) {
      stream.asked = true;
      answers.answer(stream, { status: 413, headers: {}, body: '' });
      write(writeReset(id, HTTP2_ERROR.none));
    } else {
      if (part.length > 0) stream.chunks.push(part);
      if ((flags & FLAG.endStream) !== 0) {
        ask(stream);
      } else if (stream.unackedBytes >= STREAM_WINDOW / 2) {
        write(writeWindowUpdate(id, stream.unackedBytes));
        stream.unackedBytes = 0;
      }
    }
  };

  const onSettings = ({ flags, payload, stream }: Frame): void => {
    if (stream !== 0) throw new ConnectionError(HTTP2_ERROR.protocol, 'settings of a stream');
    if ((flags & FLAG.ack) !== 0) return;
    if (payload.length % 6 !== 0) throw new ConnectionError(HTTP2_ERROR.frameSize, 'cut settings');
    for (let at = 0; at < payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== SETTING.initialWindowSize) continue;
      if (answers.setInitialWindow(payload.readUInt32BE(at + 2))) continue;
      throw new ConnectionError(HTTP2_ERROR.flowControl, 'an impossible window');
    }
    write(writeFrame(FRAME.settings, FLAG.ack, 0, ''));
  };

  const onWindowUpdate = ({ payload, stream: id }: Frame): void => {
    if (payload.length !== 4) throw new ConnectionError(HTTP2_ERROR.frameSize, 'a cut frame');
    const bytes = payload.readUInt32BE(0) & LARGEST_WINDOW;
    const stream = streams.get(id);
    if (id > lastStream) throw new ConnectionError(HTTP2_ERROR.protocol, 'an idle stream');
    if (id !== 0 && stream === undefined) return;
    if (bytes > 0 && answers.widen(stream, bytes)) return;
    if (stream !== undefined) resetStream(id, HTTP2_ERROR.flowControl);
    else throw new ConnectionError(HTTP2_ERROR.flowControl, 'an impossible window');
  };

  const onFrame = (frame: Frame): boolean => {
    const { type, flags, stream, payload } = frame;
    if (!settled && type !== FRAME.settings) {
      throw new ConnectionError(HTTP2_ERROR.protocol, 'settings come first');
    }
    settled = true;
    if (block !== undefined && type !== FRAME.continuation) {
      throw new ConnectionError(HTTP2_ERROR.protocol, 'a header section is not over');
    }
    if (type === FRAME.headers) onHeaders(frame);
    else if (type === FRAME.data) onData(frame);
    else if (type === FRAME.continuation) onContinuation(frame);
    else if (type === FRAME.settings) onSettings(frame);
    else if (type === FRAME.windowUpdate) onWindowUpdate(frame);
    else if (type === FRAME.rstStream) {
      if (stream === 0 || stream > lastStream) {
        throw new ConnectionError(HTTP2_ERROR.protocol, 'an idle stream');
      }
      streams.delete(stream);
      settledAnswer();
    } else if (type === FRAME.ping) {
      if (payload.length !== 8) throw new ConnectionError(HTTP2_ERROR.frameSize, 'a cut ping');
      const echo = payload.toString('latin1');
      if ((flags & FLAG.ack) === 0) write(writeFrame(FRAME.ping, FLAG.ack, 0, echo));
    } else if (type === FRAME.goaway) {
      leaving = true;
      settledAnswer();
    } else if (type === FRAME.pushPromise) {
      throw new ConnectionError(HTTP2_ERROR.protocol, 'a client pushes nothing');
    }
    return !closed;
  };

  const read = (chunk: Buffer): void => {
    let bytes = chunk;
    if (preface !== undefined) {
      bytes = Buffer.concat([preface, chunk]);
      const begin = bytes.toString('latin1', 0, PREFACE.length);
      if (!PREFACE.startsWith(begin)) {
        throw new ConnectionError(HTTP2_ERROR.protocol, 'no preface');
      }
      preface = bytes.length < PREFACE.length ? bytes : undefined;
      if (preface !== undefined) return;
      bytes = bytes.subarray(PREFACE.length);
    }
    if (!frames.push(bytes, onFrame)) {
      throw new ConnectionError(HTTP2_ERROR.frameSize, 'a frame is too large');
    }
  };

  socket.on('data', (chunk: Buffer) => {
    if (closed) return;
    try {
      read(chunk);
    } catch (error) {
      if (error instanceof ConnectionError) leave(error.code, error.message);
      else if (error instanceof HpackError) leave(HTTP2_ERROR.compression, error.message);
      else throw error;
    }
  });
  // The peer broke its connection: there is nobody left to answer.
  socket.on('error', breakConnection);
  // What still trickles ends with its connection.
  socket.on('close', () => streams.clear());
  socket.setTimeout(IDLE_TIMEOUT_MS, () => leave(HTTP2_ERROR.none, ''));
  write(OUR_SETTINGS + writeWindowUpdate(0, CONNECTION_WINDOW - 65_535));
}
