/** Frames of HTTP/2 (RFC 9113 §4, §6). Those that are written are latin1 text of their octets. */

export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = {
  endStream: 1,
  /** Of SETTINGS and PING. */
  ack: 1,
  endHeaders: 4,
  padded: 8,
  priority: 32,
} as const;

/** RFC 9113 §7 */
export const HTTP2_ERROR = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  calm: 11,
} as const;

export const SETTING = {
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const FRAME_HEAD_BYTES = 9;
/** SETTINGS_MAX_FRAME_SIZE that both sides begin with, and that we keep. */
export const FRAME_LIMIT_BYTES = 16_384;
export const INITIAL_WINDOW = 65_535;
export const LARGEST_WINDOW = 0x7fff_ffff;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

function octets32(value: number): string {
  return String.fromCharCode(
    (value >>> 24) & 255,
    (value >>> 16) & 255,
    (value >>> 8) & 255,
    value & 255,
  );
}

export function writeFrame(type: number, flags: number, stream: number, payload: string): string {
  const { length } = payload;
  const head = String.fromCharCode((length >>> 16) & 255, (length >>> 8) & 255, length & 255);
  return head + String.fromCharCode(type, flags) + octets32(stream) + payload;
}

export function writeSettings(settings: readonly (readonly [id: number, value: number])[]): string {
  const all = settings.map(([id, value]) => String.fromCharCode(0, id) + octets32(value));
  return writeFrame(FRAME.settings, 0, 0, all.join(''));
}

export function writeWindowUpdate(stream: number, bytes: number): string {
  return writeFrame(FRAME.windowUpdate, 0, stream, octets32(bytes));
}

export function writeReset(stream: number, code: number): string {
  return writeFrame(FRAME.rstStream, 0, stream, octets32(code));
}

/** `text`: debug data. */
export function writeGoaway(lastStream: number, code: number, text: string): string {
  return writeFrame(FRAME.goaway, 0, 0, octets32(lastStream) + octets32(code) + text);
}

/** A header block, with as many CONTINUATIONs as it needs. */
export function writeHeaders(stream: number, block: string, endsStream: boolean): string {
  const end = endsStream ? FLAG.endStream : 0;
  if (block.length <= FRAME_LIMIT_BYTES) {
    return writeFrame(FRAME.headers, FLAG.endHeaders | end, stream, block);
  }
  let out = writeFrame(FRAME.headers, end, stream, block.slice(0, FRAME_LIMIT_BYTES));
  for (let at = FRAME_LIMIT_BYTES; at < block.length; at += FRAME_LIMIT_BYTES) {
    const last = at + FRAME_LIMIT_BYTES >= block.length;
    const part = block.slice(at, at + FRAME_LIMIT_BYTES);
    out += writeFrame(FRAME.continuation, last ? FLAG.endHeaders : 0, stream, part);
  }
  return out;
}

/** Cuts what arrives into frames; `frame` returns false to stop. */
export interface FrameReader {
  /** False: a frame was larger than is allowed. */
  push(chunk: Buffer, frame: (frame: Frame) => boolean): boolean;
}

export function createFrameReader(): FrameReader {
  let rest: Buffer | undefined;
  return {
    push: (chunk, frame) => {
      const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      rest = undefined;
      let at = 0;
      while (bytes.length - at >= FRAME_HEAD_BYTES) {
        const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
        if (length > FRAME_LIMIT_BYTES) return false;
        const start = at + FRAME_HEAD_BYTES;
        if (bytes.length < start + length) break;
        const type = bytes[at + 3]!;
        const flags = bytes[at + 4]!;
        const stream = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
        at = start + length;
        if (!frame({ type, flags, stream, payload: bytes.subarray(start, at) })) return true;
      }
      if (at < bytes.length) rest = bytes.subarray(at);
      return true;
    },
  };
}
