import type { Meaning } from '../../kernel/events.ts';
import type { StatusWord } from '../../kernel/words.ts';
import type { OutboundResult, WireResponse } from '../../network/wire.ts';

/** Where one callback goes. */
export interface CallbackAddress {
  /** As the world reaches it. */
  readonly url: string;
  /** As the vendor was told it, and signs it. */
  readonly told: string;
}

/** A notification, and what the history tells of it. */
export interface Callback<N> {
  readonly notification: N;
  /** The vendor's word for it: `DELIVERED`, `delivered`, `user message` … */
  readonly event: string;
  /** Where the vendor has an address for each message; absent: the queue's own. */
  readonly to?: CallbackAddress;
  /** Signs it where its address has a key of its own; absent: the account's. */
  readonly key?: string;
  readonly wire?: string;
  readonly person?: string;
  readonly device?: string;
  readonly message?: string;
  readonly meaning?: readonly Meaning[];
  readonly implies?: StatusWord;
  readonly cause?: number;
  /** Told when it was taken: its callback id, seq of the callback.answered, and the answer. */
  readonly taken?: (callback: string, cause: number, response: WireResponse) => void;
  /** Told when a copy of it was taken that is as genuine as the first; what it answers counts. */
  readonly takenAgain?: (cause: number, response: WireResponse) => void;
}

export interface SigningFacts {
  /** The callback's id, the same at every attempt. */
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
  /** When the notification arose, ms since the Unix epoch. */
  readonly createdMillis: number;
  /** When this attempt leaves; what a scheme with dates signs. */
  readonly nowMillis: number;
  /** The secret, or the private key's PEM, of the scheme. */
  readonly key: string;
  /** Nonces and ids; draws only for schemes that have them. */
  readonly hex: (bytes: number) => string;
}

/** A callback as it is sent. */
export interface Posted {
  /** Default POST. */
  readonly method?: string;
  /** Where a scheme adds to the address (`bodySHA256`); default: the callback's `url`. */
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How one vendor calls back: its form, its signature, its patience. */
export interface CallbackScheme<N> {
  /** The content that is signed: JSON, a form. The same at every attempt. */
  render(notification: N): string;
  /** Content in the vendor's envelope, with its signature. It may be what no vendor would send. */
  seal(content: string, notification: N, to: CallbackAddress, facts: SigningFacts): Posted;
  /**
   * Headers of the signature, lower case: the signature itself first, then what belongs to it (a
   * nonce, a date). An unsigned callback lacks them all.
   */
  readonly signatureHeaders: readonly [string, ...string[]];
  /**
   * Whether a signature holds a date or a nonce that the receiver can check. Where none does, a
   * stale callback cannot be told from a true one, and the fault `stale` hits nothing.
   */
  readonly dated: boolean;
  /**
   * The same notification, telling what is not so (delivered for failed, another text), and the
   * status that it would have the business believe; undefined when there is nothing worth a lie.
   */
  falsify(
    notification: N,
  ): { readonly notification: N; readonly pretends?: StatusWord } | undefined;
  /** How long the vendor waits for an answer, µs. */
  readonly timeoutMicros: number;
  /** Which answers count as taken. */
  taken(status: number): boolean;
  /** The pause after the nth attempt failed so; undefined: it is given up. */
  pauseMicros(attempt: number, result: OutboundResult, to: CallbackAddress): number | undefined;
  /**
   * `one-queue`: the next leaves when the one before was taken or given up. `each-alone`: at once,
   * so that a slow answer holds nothing back and a repeated one may come late.
   */
  readonly order: 'one-queue' | 'each-alone';
  /** Of callback ids: `rbm-callback:`. */
  readonly idPrefix: string;
  /** Kept for a business that does not take them; beyond it the newest is lost. */
  readonly longestQueue: number;
}
