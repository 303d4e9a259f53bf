/**
 * Cuts a byte stream into PDUs. A command_length that cannot be true ends the stream: there is no
 * way to find the next PDU (SMPP 3.4 §3.2).
 */
import { HEADER_BYTES } from './codec.ts';

export interface BrokenStream {
  readonly reason: string;
  /** sequence_number of the impossible PDU, 0 when it was not there yet. */
  readonly sequence: number;
}

export interface PduReader {
  /** Calls `onFrame` for each whole PDU, in order. After `onBroken` everything is ignored. */
  push(chunk: Uint8Array): void;
  /** Octets of a PDU that has not arrived whole. */
  readonly waitingBytes: number;
}

export interface PduReaderOptions {
  /** Longest command_length taken; default 66 KiB: a full message_payload with all other fields. */
  readonly mostBytes?: number;
  /** A whole PDU: `bytes` from `start` to before `end`. */
  onFrame(bytes: Buffer, start: number, end: number): void;
  onBroken(broken: BrokenStream): void;
}

export function createPduReader(options: PduReaderOptions): PduReader {
  const mostBytes = options.mostBytes ?? 66 * 1024;
  /** The beginning of a PDU that is not whole; grows by doubling, never beyond one PDU. */
  let held = Buffer.alloc(0);
  let heldLength = 0;
  let broken = false;

  /** command_length when it can be true; otherwise the stream is broken. */
  const lengthAt = (bytes: Buffer, at: number, available: number): number | undefined => {
    const length = bytes.readUInt32BE(at);
    if (length >= HEADER_BYTES && length <= mostBytes) return length;
    broken = true;
    const sequence = available >= HEADER_BYTES ? bytes.readUInt32BE(at + 12) : 0;
    options.onBroken({ reason: `command_length is ${length}`, sequence });
    return undefined;
  };

  const hold = (bytes: Buffer): void => {
    if (heldLength + bytes.length > held.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * held.length, heldLength + bytes.length, 256));
      held.copy(larger, 0, 0, heldLength);
      held = larger;
    }
    bytes.copy(held, heldLength);
    heldLength += bytes.length;
  };

  /** Completes the held PDU from `bytes`; returns how many of them it took. */
  const complete = (bytes: Buffer): number => {
    let used = 0;
    if (heldLength < 4) {
      used = Math.min(4 - heldLength, bytes.length);
      hold(bytes.subarray(0, used));
      if (heldLength < 4) return used;
    }
    const length = lengthAt(held, 0, heldLength);
    if (length === undefined) return used;
    const more = Math.min(length - heldLength, bytes.length - used);
    hold(bytes.subarray(used, used + more));
    if (heldLength === length) {
      const whole = held;
      held = Buffer.alloc(0);
      heldLength = 0;
      options.onFrame(whole, 0, length);
    }
    return used + more;
  };

  return {
    push: (chunk) => {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let at = 0;
      while (!broken && at < bytes.length) {
        const available = bytes.length - at;
        if (heldLength > 0 || available < 4) {
          at += complete(bytes.subarray(at));
          continue;
        }
        const length = lengthAt(bytes, at, available);
        if (length === undefined) return;
        if (length > available) {
          hold(bytes.subarray(at));
          return;
        }
        const start = at;
        at += length;
        options.onFrame(bytes, start, at);
      }
    },
    get waitingBytes() {
      return heldLength;
    },
  };
}
