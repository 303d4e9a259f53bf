/** A cursor over TLS-presentation octets (RFC 8446 §3) with MLS's variable vectors. */
export interface WireReader {
  readonly offset: number;
  readonly remaining: number;
  uint8(): number;
  uint16(): number;
  uint32(): number;
  /** A uint64 that must fit a safe integer. */
  uint64(): number;
  /** opaque<V>: the length as RFC 9420 §2.1.2 writes it, then that many octets (a view). */
  vector(): Uint8Array;
  skip(length: number): void;
}

/** Where and why reading stopped; caught where octets come in and turned into a refusal. */
export class WireError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'WireError';
    this.offset = offset;
  }
}

const MAX_SAFE_HIGH_WORD = 0x1fffff;

export function createWireReader(bytes: Uint8Array, base = 0): WireReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const take = (length: number, what: string): number => {
    if (offset + length > bytes.length) {
      const left = bytes.length - offset;
      throw new WireError(`${what} needs ${length} octets, ${left} are left`, base + offset);
    }
    const start = offset;
    offset += length;
    return start;
  };
  const vectorLength = (): number => {
    const start = take(1, 'a vector length');
    const first = bytes[start] ?? 0;
    const prefix = first >> 6;
    if (prefix === 3) throw new WireError('vector length prefix 0b11 is reserved', base + start);
    if (prefix === 0) return first;
    if (prefix === 1) {
      take(1, 'a two-octet vector length');
      const length = view.getUint16(start) & 0x3fff;
      if (length < 0x40) throw new WireError('vector length not in shortest form', base + start);
      return length;
    }
    take(3, 'a four-octet vector length');
    const length = view.getUint32(start) & 0x3fffffff;
    if (length < 0x4000) throw new WireError('vector length not in shortest form', base + start);
    return length;
  };
  return {
    get offset() {
      return base + offset;
    },
    get remaining() {
      return bytes.length - offset;
    },
    uint8: () => bytes[take(1, 'a uint8')] ?? 0,
    uint16: () => view.getUint16(take(2, 'a uint16')),
    uint32: () => view.getUint32(take(4, 'a uint32')),
    uint64() {
      const start = take(8, 'a uint64');
      const high = view.getUint32(start);
      if (high > MAX_SAFE_HIGH_WORD) throw new WireError('uint64 above 2^53', base + start);
      return high * 4294967296 + view.getUint32(start + 4);
    },
    vector() {
      const length = vectorLength();
      const start = take(length, 'a vector');
      return bytes.subarray(start, start + length);
    },
    skip(length) {
      take(length, 'a field');
    },
  };
}
