/** What the store of one centre knows about an item. */
import type { Timer } from '../kernel/clock.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { Receipts } from '../network/bearer.ts';
import type { SmsEnd, SmsItem } from './sms-centre-item.ts';

export const RETRY_FIRST_MICROS = 5 * MICROS_PER_SECOND;

/** It takes the phone's receipts itself: bundles of closures for each message cost more. */
export class StoredSms implements Receipts {
  readonly item: SmsItem;
  over = false;
  /** The phone has it and has not answered yet. */
  handed = false;
  /** `stored` was recorded. */
  stored = false;
  /** It began to wait for its phone. */
  waited = false;
  /** The path of the phone that it waits, or has waited, for. */
  waitsFor: string | undefined = undefined;
  /** The centre's own conditions let it through. */
  passed: boolean;
  retryMicros = RETRY_FIRST_MICROS;
  retry: Timer | undefined = undefined;
  expiry: Timer | undefined = undefined;
  readonly #end: (stored: StoredSms, how: SmsEnd) => void;

  constructor(item: SmsItem, passed: boolean, end: (stored: StoredSms, how: SmsEnd) => void) {
    this.item = item;
    this.passed = passed;
    this.#end = end;
  }

  delivered(): void {
    this.#end(this, 'delivered');
  }

  displayed(): void {}

  failed(): void {
    this.#end(this, 'failed');
  }
}
