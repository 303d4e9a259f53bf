/** Small byte helpers of the MLS crypto; every result is a fresh plain `Uint8Array`. */

const encoder = new TextEncoder();

export const EMPTY: Uint8Array = new Uint8Array(0);

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let total = 0;
  for (const part of parts) total += part.length;
  const out = new Uint8Array(total);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

export function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** The bytes as a string of code units 0…255: the cheapest exact key for a `Map`. */
export function mapKeyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}

/** Big-endian unsigned integer. */
export function bigIntOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hexOf(bytes)}`);
}

/** I2OSP (RFC 8017 §4.1): big-endian, left-padded to `length` octets. */
export function bytesOfBigInt(value: bigint, length: number): Uint8Array {
  return bytesOfHex(value.toString(16).padStart(length * 2, '0'));
}

/** Left-pads a big-endian number; longer input keeps its last `length` octets if the rest is 0. */
export function leftPad(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length === length) return bytes;
  const out = new Uint8Array(length);
  if (bytes.length < length) {
    out.set(bytes, length - bytes.length);
    return out;
  }
  const extra = bytes.length - length;
  for (let index = 0; index < extra; index++) {
    if (bytes[index] !== 0) throw new RangeError(`number longer than ${length} octets`);
  }
  out.set(bytes.subarray(extra));
  return out;
}
