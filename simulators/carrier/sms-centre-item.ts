/** A short message as a whole, on its way through SMS centres. */
import type { Channel } from '../kernel/words.ts';
import type { InLine } from '../kernel/in-order.ts';

/** How a message ends; each item ends exactly once, unless the network loses it. */
export type SmsEnd = 'delivered' | 'failed' | 'expired' | 'cancelled';

export interface SmsItem extends InLine<SmsItem> {
  /** `sms:<n>` */
  readonly wire: string;
  /** The transmission that completed it: `smpp:<id>`, `p2p:<n>`. */
  readonly parent: string;
  /** As the phone shows it: a short code, an alphanumeric sender, an msisdn. */
  readonly from: string;
  readonly person: string;
  readonly text: string;
  /** Instead of the text: a WAP push, as binary short messages. */
  readonly wapPush?: readonly Uint8Array[];
  readonly channel: Channel;
  readonly message: string | undefined;
  readonly expiresAtMicros: number;
  /** Datagram mode (§5.2.12): delivered now or never, nothing is stored. */
  readonly datagram?: boolean;
  /** Told once, when it begins to wait for its phone. */
  waiting?(): void;
  /** Told once, with the time already passed. */
  ended(end: SmsEnd): void;
}

/** Does the text hold a link that a phone would follow? */
export function hasLink(text: string): boolean {
  return text.includes('://') && /https?:\/\/\S/i.test(text);
}
