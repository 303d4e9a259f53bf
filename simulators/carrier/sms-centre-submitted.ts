/** A message that an ESME handed in, on its way: what is kept of it, and nothing else. */
import type { Channel } from '../kernel/words.ts';
import type { MessageState } from '../protocol/smpp/pdu.ts';
import { ESM_CLASS } from '../protocol/smpp/pdu.ts';
import type { SmsEnd, SmsItem } from './sms-centre-item.ts';
import type { Arrival } from './sms-centre-read.ts';

/** The centre that took it. */
export interface Taker {
  /** A submission of the message begins to wait for its phone. */
  waiting(submission: Arrival): void;
  finish(submission: Arrival, state: MessageState): void;
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
  readonly parent: string;
  readonly from: string;
  readonly person: string;
  readonly text: string;
  readonly channel: Channel;
  readonly message: string | undefined;
  readonly expiresAtMicros: number;
  readonly #submissions: readonly Arrival[];
  readonly #taker: Taker;

  /** `submissions`: in order of arrival, `last` the one that completed it. */
  constructor(
    wire: string,
    submissions: readonly Arrival[],
    last: Arrival,
    text: string,
    channel: Channel,
    message: string | undefined,
    nowMicros: number,
    taker: Taker,
  ) {
    this.wire = wire;
    this.parent = last.wire;
    this.from = last.body.sourceAddr;
    this.person = last.person;
    this.text = text;
    this.channel = channel;
    this.message = message;
    this.expiresAtMicros = nowMicros + last.delayMicros + last.validMicros;
    this.#submissions = submissions;
    this.#taker = taker;
  }

  get datagram(): boolean {
    const last = this.#submissions.at(-1);
    return ((last?.body.esmClass ?? 0) & ESM_CLASS.modeMask) === ESM_CLASS.datagram;
  }

  waiting(): void {
    for (const submission of this.#submissions) this.#taker.waiting(submission);
  }

  ended(end: SmsEnd): void {
    const state = STATE_OF_END[end];
    for (const submission of this.#submissions) this.#taker.finish(submission, state);
  }
}
