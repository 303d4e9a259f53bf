/** Collects what leaves on one connection, so that the answers to one chunk leave in one write. */
import { pduLength, writePdu } from './codec.ts';
import type { Command, PduOf } from './pdu.ts';

export interface PduWriter {
  /** Throws WIRE_SMPP_FIELD when a field is longer than SMPP allows. */
  check<C extends Command>(pdu: PduOf<C>): void;
  /**
   * Encodes a PDU, and lets it leave unless it is `unwanted`: alone, or with the others of its
   * batch. Throws WIRE_SMPP_FIELD, wanted or not.
   */
  write<C extends Command>(pdu: PduOf<C>, wanted: boolean): void;
  /** What is written from now on waits for `flush`. */
  begin(): void;
  /** Lets the batch leave, and ends it. */
  flush(): void;
  /** Forgets the batch, and ends it. */
  drop(): void;
}

/** Answers are about as many from one chunk to the next. */
const SMALLEST_BATCH_BYTES = 512;

export function createPduWriter(send: (bytes: Buffer) => void): PduWriter {
  let batching = false;
  let batch: Buffer | undefined;
  let used = 0;
  let usual = SMALLEST_BATCH_BYTES;

  /** A batch with so many free octets. */
  const room = (length: number): Buffer => {
    if (batch !== undefined && used + length <= batch.length) return batch;
    const larger = Buffer.allocUnsafe(Math.max(usual, 2 * (used + length)));
    batch?.copy(larger, 0, 0, used);
    return (batch = larger);
  };

  const drop = (): void => {
    batching = false;
    batch = undefined;
    used = 0;
  };

  return {
    check: (pdu) => void pduLength(pdu),
    write: (pdu, wanted) => {
      const length = pduLength(pdu);
      if (!wanted) return;
      if (batching) {
        writePdu(pdu, length, room(length), used);
        used += length;
        return;
      }
      const bytes = Buffer.allocUnsafe(length);
      writePdu(pdu, length, bytes, 0);
      send(bytes);
    },
    begin: () => {
      batching = true;
    },
    flush: () => {
      const bytes = batch?.subarray(0, used);
      if (used > 0) usual = Math.max(SMALLEST_BATCH_BYTES, used);
      drop();
      if (bytes !== undefined) send(bytes);
    },
    drop,
  };
}
