import type { TwilioMessage } from '../../protocol/twilio/message.ts';

/** Messages that the account remembers; of older ones the API knows nothing any more. */
const REMEMBERED = 50_000;

export interface MessageStore {
  get(sid: string): TwilioMessage | undefined;
  add(message: TwilioMessage): void;
  remove(sid: string): boolean;
  /** Newest first, as the API lists them. */
  readonly newestFirst: readonly TwilioMessage[];
}

export function createMessageStore(): MessageStore {
  let order: TwilioMessage[] = [];
  const bySid = new Map<string, TwilioMessage>();
  return {
    get: (sid) => bySid.get(sid),
    add: (message) => {
      order.push(message);
      bySid.set(message.sid, message);
      if (order.length < 2 * REMEMBERED) return;
      for (const { sid } of order.slice(0, REMEMBERED)) bySid.delete(sid);
      order = order.slice(REMEMBERED);
    },
    remove: (sid) => {
      if (!bySid.delete(sid)) return false;
      order = order.filter((message) => message.sid !== sid);
      return true;
    },
    get newestFirst() {
      return order.toReversed();
    },
  };
}
