/** What the notifier keeps about one message. Everything here is JSON: it lives in the store. */

export const CHANNELS = ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];
export type Sensitivity = 'low' | 'medium' | 'high';

/** In the order in which a message may move; `failed` yields only to later evidence of delivery. */
export const STATUSES = ['queued', 'sent', 'delivered', 'read'] as const;
export type Status = (typeof STATUSES)[number] | 'failed';

/**
 * - `sending`: the door was asked and has not (or not certainly) answered
 * - `accepted`: the door took it, no proof of arrival yet
 * - `refused`: it certainly does not arrive this way (an error, a failure receipt, expiry)
 * - `withdrawn`: its time was over and it was taken back, as far as the channel can
 * - `delivered`: there is proof of arrival
 */
export type AttemptState = 'sending' | 'accepted' | 'refused' | 'withdrawn' | 'delivered';

/** One copy of the message on one channel. */
export interface Attempt {
  readonly channel: Channel;
  /** Ids on the wire, oldest first: RBM messageIds, SMPP message_ids. All of them are indexed. */
  readonly wires: string[];
  state: AttemptState;
  readonly startedAtMs: number;
  /** When the next channel is due; null = never. */
  endsAtMs: number | null;
  endedAtMs: number | null;
  /** For secure-link: what carries the link. */
  bearer?: 'rcs' | 'sms';
  /** For SMPP: the message_ids that were confirmed, and of how many parts. */
  confirmed?: string[];
  parts?: number;
  /** For SMPP: what tells its parts from those of others; a repeated part has to fit them. */
  reference?: number;
  /** For SMPP: a part was handed over and its answer has not come. */
  handedAtMs?: number;
  /** For app-push: when the first device fetched the content, and which ones have shown it. */
  fetchedAtMs?: number;
  shownOn?: string[];
  /** For rcs-e2ee: the ciphertext as it was sent, for a repetition under the same id. */
  frame?: unknown;
  /** For rcs-e2ee: the gateway-managed session that it went by; absent: by keys of our own. */
  session?: string;
  /** For rcs-e2ee: devices whose keys were replaced because of this message. */
  rekeyed?: string[];
}

export interface Message {
  readonly id: string;
  readonly person: string;
  readonly kind: string;
  readonly sensitivity: Sensitivity;
  /** The text, AES-256-GCM under the notifier's own key; nothing readable is ever stored. */
  readonly sealedText: string;
  readonly createdAtMs: number;
  /** After this time nothing new is tried. */
  readonly expiresAtMs: number;
  status: Status;
  /** The channel of the copy that arrived, else of the newest one. */
  channel: Channel | null;
  readonly attempts: Attempt[];
}

/** No later step is needed: it arrived, or it was given up. */
export function isSettled(message: Message): boolean {
  return message.status !== 'queued' && message.status !== 'sent';
}

/** Encrypted from here to the person's devices: nobody between the two can read it. */
export function isEndToEnd({ channel, attempts }: Message): boolean {
  if (channel !== 'rcs-e2ee') return false;
  const copies = attempts.filter((attempt) => attempt.channel === channel);
  const arrived = copies.filter(({ state }) => state === 'delivered');
  // A gateway that manages a session holds the keys.
  return (arrived.length > 0 ? arrived : copies.slice(-1)).every(
    ({ session }) => session === undefined,
  );
}

/** The copy that is on its way now. */
export function currentAttempt(message: Message): Attempt | undefined {
  const last = message.attempts.at(-1);
  return last?.state === 'sending' || last?.state === 'accepted' ? last : undefined;
}

/** Was a door asked to take it? Asking for keys or for a token is not that. */
export function wasHanded({ wires, handedAtMs }: Attempt): boolean {
  return wires.length > 0 || handedAtMs !== undefined;
}

/** Moves the status forward only: evidence comes out of order and more than once. */
export function raiseStatus(message: Message, to: 'sent' | 'delivered' | 'read'): boolean {
  const from = message.status === 'failed' ? 0 : STATUSES.indexOf(message.status);
  if (STATUSES.indexOf(to) <= from) return false;
  if (message.status === 'failed' && to === 'sent') return false;
  message.status = to;
  return true;
}
