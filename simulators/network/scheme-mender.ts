/**
 * Lets clients through that write `https:` where HTTP/2 wants the scheme `https` (RFC 9113 §8.3.1):
 * Node's server resets such streams before anybody sees them, vendors' servers take them.
 * firebase-admin is one (docs/discoveries/firebase-admin.md). The bytes from the client are read as
 * frames, and in a HEADERS frame this one literal is shortened; nothing else is touched. The
 * server's table then holds a name that is a byte shorter than the client thinks, so it can only
 * keep entries longer than the client does, which no index of the client's ever reaches.
 */
import { Duplex } from 'node:stream';

const PREFACE_BYTES = 24;
const FRAME_HEADER_BYTES = 9;
const HEADERS_FRAME = 1;
const FLAG_PADDED = 0x08;
const FLAG_PRIORITY = 0x20;
const PRIORITY_BYTES = 5;
/** Entries 6 and 7 of the static table are `:scheme` (RFC 7541, appendix A). */
const SCHEME_NAMES: readonly number[] = [6, 7];

/** `https:` and `https` as HPACK strings, Huffman-coded and plain (RFC 7541 §5.2, appendix B). */
const MENDED: readonly (readonly [Buffer, Buffer])[] = [
  [Buffer.from('859d29ad173f', 'hex'), Buffer.from('849d29ad1f', 'hex')],
  [Buffer.from('\x06https:', 'latin1'), Buffer.from('\x05https', 'latin1')],
];

/** An integer with a prefix of so many bits (RFC 7541 §5.1) and its end; null when cut off. */
function integerAt(block: Buffer, at: number, bits: number): { value: number; end: number } | null {
  const mask = (1 << bits) - 1;
  let value = (block[at] ?? 0) & mask;
  let end = at + 1;
  if (value < mask) return { value, end };
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = block[end++];
    if (byte === undefined) return null;
    value += (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, end };
  }
  return null;
}

function stringEnd(block: Buffer, at: number): number | null {
  const length = integerAt(block, at, 7);
  return length === null || at >= block.length ? null : length.end + length.value;
}

/** How many bits of a field's first byte are its index, and whether a value follows (§6). */
function shapeOf(first: number): { readonly bits: number; readonly literal: boolean } {
  if ((first & 0x80) !== 0) return { bits: 7, literal: false };
  if ((first & 0x40) !== 0) return { bits: 6, literal: true };
  if ((first & 0x20) !== 0) return { bits: 5, literal: false };
  return { bits: 4, literal: true };
}

/** Where the value of a literal `:scheme` begins; null when the block has none. */
function schemeValueAt(block: Buffer): number | null {
  let at = 0;
  while (at < block.length) {
    const { bits, literal } = shapeOf(block[at] ?? 0);
    const index = integerAt(block, at, bits);
    if (index === null) return null;
    at = index.end;
    if (!literal) continue;
    if (SCHEME_NAMES.includes(index.value)) return at;
    const nameEnd = index.value === 0 ? stringEnd(block, at) : at;
    const valueEnd = nameEnd === null ? null : stringEnd(block, nameEnd);
    if (valueEnd === null) return null;
    at = valueEnd;
  }
  return null;
}

/** A HEADERS frame as the server should have got it. */
function mended(frame: Buffer): Buffer {
  const flags = frame[4] ?? 0;
  const padded = (flags & FLAG_PADDED) !== 0;
  const priority = (flags & FLAG_PRIORITY) !== 0 ? PRIORITY_BYTES : 0;
  const from = FRAME_HEADER_BYTES + (padded ? 1 : 0) + priority;
  const to = frame.length - (padded ? (frame[FRAME_HEADER_BYTES] ?? 0) : 0);
  const at = schemeValueAt(frame.subarray(from, to));
  if (at === null) return frame;
  for (const [wrong, right] of MENDED) {
    const value = frame.subarray(from + at, from + at + wrong.length);
    if (!value.equals(wrong)) continue;
    const rest = frame.subarray(from + at + wrong.length);
    const whole = Buffer.concat([frame.subarray(0, from + at), right, rest]);
    whole.writeUIntBE(whole.length - FRAME_HEADER_BYTES, 0, 3);
    return whole;
  }
  return frame;
}

/** Mends what comes in pieces; whatever is not a whole HEADERS frame yet is held back. */
export function createSchemeMender(): (chunk: Buffer) => Buffer {
  let held: Buffer = Buffer.alloc(0);
  /** Bytes that pass as they are: the preface, or the rest of a frame of another type. */
  let passing = PREFACE_BYTES;
  return (chunk) => {
    const out: Buffer[] = [];
    let rest = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (;;) {
      const pass = Math.min(passing, rest.length);
      if (pass > 0) out.push(rest.subarray(0, pass));
      passing -= pass;
      rest = rest.subarray(pass);
      if (rest.length < FRAME_HEADER_BYTES) break;
      const length = FRAME_HEADER_BYTES + rest.readUIntBE(0, 3);
      if (rest[3] !== HEADERS_FRAME) {
        passing = length;
        continue;
      }
      if (rest.length < length) break;
      out.push(mended(rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
    held = rest;
    return Buffer.concat(out);
  };
}

/** A connection whose incoming bytes are mended; what is written goes out as it is. */
export function mendedConnection(socket: Duplex): Duplex {
  const mend = createSchemeMender();
  const connection = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    const bytes = mend(chunk);
    if (bytes.length > 0 && !connection.push(bytes)) socket.pause();
  });
  socket.on('end', () => connection.push(null));
  socket.on('error', (error) => connection.destroy(error));
  socket.on('close', () => connection.destroy());
  return connection;
}
