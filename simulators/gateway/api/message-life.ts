import type { Meaning } from '../../kernel/events.ts';
import type { Channel, StatusWord } from '../../kernel/words.ts';

/**
 * The life of a message at a gateway, in words common to the vendors. `failed` never left the
 * gateway; `undelivered` did, and did not arrive.
 */
export type MessageState =
  'scheduled' | 'accepted' | 'sent' | 'delivered' | 'read' | 'undelivered' | 'failed' | 'canceled';

const NEXT: Readonly<Record<MessageState, readonly MessageState[]>> = {
  scheduled: ['accepted', 'canceled', 'failed'],
  accepted: ['sent', 'failed', 'canceled', 'undelivered', 'delivered'],
  sent: ['delivered', 'undelivered', 'read'],
  delivered: ['read'],
  // A receipt that comes after the gateway had given the message up: it did arrive.
  undelivered: ['delivered'],
  read: [],
  failed: [],
  canceled: [],
};

/** Whether a message in the one state may be told to be in the other. */
export function mayBecome(from: MessageState, to: MessageState): boolean {
  return NEXT[from].includes(to);
}

const IMPLIES: Readonly<Record<MessageState, StatusWord>> = {
  scheduled: 'queued',
  accepted: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

/** What the state says to the sender, in the harness's words. */
export function statusOf(state: MessageState): StatusWord {
  return IMPLIES[state];
}

/** Undelivered or failed: this message will not arrive by these channels. */
export function notThisMessage(person: string, channels: readonly Channel[]): readonly Meaning[] {
  return [{ channels, scope: { person }, says: 'unavailable', holds: 'message' }];
}

/** The number has no RCS; it holds for as long as the policy lets capabilities hold. */
export function noRcs(person: string): readonly Meaning[] {
  return [{ channels: ['rcs'], scope: { person }, says: 'unavailable', holds: 'capability-age' }];
}
