/** A message that an ESME handed in, on its way: what is kept of it, and nothing else. */
import type { Channel } from '../kernel/words.ts';
import type { MessageState } from '../protocol/smpp/pdu.ts';
import { ESM_CLASS } from '../protocol/smpp/pdu.ts';
import type { SmsEnd, SmsItem } from './sms-centre-item.ts';
import type { Submission } from './sms-centre-submission.ts';

/** The centre that took it. */
export interface Taker {
  /** A submission of the message begins to wait for its phone. */
  waiting(submission: Submission): void;
  finish(submission: Submission, state: MessageState): void;
}

const STATE_OF_END: Readonly<Record<SmsEnd, MessageState>> = {
  delivered: 'DELIVERED',
  failed: 'UNDELIVERABLE',
  expired: 'EXPIRED',
  cancelled: 'DELETED',
};

/**
 * An object with methods, not a bundle of closures: thousands are under way at once, and the
 * collector moves all that outlives its next round.
 */
export class SubmittedSms implements SmsItem {
  readonly wire: string;
  readonly text: string;
  readonly channel: Channel;
  readonly message: string | undefined;
  readonly expiresAtMicros: number;
  before: SmsItem | undefined = undefined;
  after: SmsItem | undefined = undefined;
  /** The submission that completed it. */
  readonly #last: Submission;
  /** All of them in order of arrival, where there were several. */
  readonly #parts: readonly Submission[] | undefined;
  readonly #taker: Taker;

  constructor(
    whole: Pick<SmsItem, 'wire' | 'text' | 'channel' | 'message' | 'expiresAtMicros'>,
    last: Submission,
    parts: readonly Submission[] | undefined,
    taker: Taker,
  ) {
    this.wire = whole.wire;
    this.text = whole.text;
    this.channel = whole.channel;
    this.message = whole.message;
    this.expiresAtMicros = whole.expiresAtMicros;
    this.#last = last;
    this.#parts = parts;
    this.#taker = taker;
  }

  get parent(): string {
    return this.#last.wire;
  }

  get from(): string {
    return this.#last.body.sourceAddr;
  }

  get person(): string {
    return this.#last.person;
  }

  get datagram(): boolean {
    return (this.#last.body.esmClass & ESM_CLASS.modeMask) === ESM_CLASS.datagram;
  }

  waiting(): void {
    if (this.#parts === undefined) this.#taker.waiting(this.#last);
    else for (const submission of this.#parts) this.#taker.waiting(submission);
  }

  ended(end: SmsEnd): void {
    const state = STATE_OF_END[end];
    if (this.#parts === undefined) this.#taker.finish(this.#last, state);
    else for (const submission of this.#parts) this.#taker.finish(submission, state);
  }
}
