import { decodeMlsMessage } from 'ts-mls/message.js';
import type { MLSMessage } from 'ts-mls';
import type { RefusalReason, Refused } from './types.ts';

export function refused(
  reason: RefusalReason,
  detail: string,
  more: Pick<Refused, 'offset' | 'messageEpoch' | 'memberEpoch'> = {},
): Refused {
  return { kind: 'refused', reason, detail, ...more };
}

/** Thrown inside the engine while judging a peer's octets; never leaves it. */
export class RefusalError extends Error {
  readonly refusal: Refused;

  constructor(reason: RefusalReason, detail: string, offset?: number) {
    super(detail);
    this.name = 'RefusalError';
    this.refusal = refused(reason, detail, offset === undefined ? {} : { offset });
  }
}

/**
 * A failure while handling a peer's octets as a refusal: our own `RefusalError` as it is; whatever
 * the library or OpenSSL threw under `fallback`, refined where the words of the error tell more.
 */
export function refusalOf(error: unknown, fallback: RefusalReason): Refused {
  if (error instanceof RefusalError) return error.refusal;
  const detail = error instanceof Error ? error.message : String(error);
  if (/confirmation tag/i.test(detail)) return refused('mismatched-confirmation-tag', detail);
  if (/validate (external )?credential/i.test(detail)) return refused('invalid-credential', detail);
  return refused(fallback, detail);
}

/**
 * One whole MLSMessage of an already inspected input; `RefusalError` where the library's decoder
 * finds what inspection does not look into (inner structures of proposals, trees, extensions).
 */
export function decodeWhole(octets: Uint8Array): MLSMessage {
  try {
    const decoded = decodeMlsMessage(octets, 0);
    if (decoded !== undefined && decoded[1] === octets.length) return decoded[0];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new RefusalError('unparsable', detail);
  }
  throw new RefusalError('unparsable', 'an inner field is none that MLS knows');
}

/** The epoch of a group context as a number; above 2^53 nothing here can follow it. */
export function epochNumber(epoch: bigint): number {
  return Number(epoch);
}
