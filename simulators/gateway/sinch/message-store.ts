import type { ChannelIdentity } from '../../protocol/sinch/request.ts';
import { createBoundedMap } from '../api/bounded-map.ts';

/** A message as the API keeps it, in both directions. */
export interface StoredMessage {
  readonly id: string;
  readonly direction: 'TO_CONTACT' | 'TO_APP';
  /** AppMessage or ContactMessage, as it came. */
  readonly content: unknown;
  /** The channel that it went by last. */
  channel: ChannelIdentity;
  readonly contactId: string;
  readonly conversationId: string;
  metadata: string;
  readonly acceptMillis: number;
  readonly dispatchOnly: boolean;
}

export interface MessageStore {
  add(message: StoredMessage): void;
  get(id: string): StoredMessage | undefined;
  delete(id: string): boolean;
  /** Newest first. */
  list(): readonly StoredMessage[];
}

const REMEMBERED = 20_000;
/** A list shows at most so many. */
const LISTED = 1_000;

export function createMessageStore(): MessageStore {
  const messages = createBoundedMap<StoredMessage>(REMEMBERED);
  let recent: StoredMessage[] = [];
  return {
    add: (message) => {
      messages.set(message.id, message);
      recent.push(message);
      // In slices: shifting one by one would cost the whole list each time.
      if (recent.length >= 2 * LISTED) recent = recent.slice(-LISTED);
    },
    get: (id) => messages.get(id),
    delete: (id) => {
      if (messages.get(id) === undefined) return false;
      messages.delete(id);
      recent = recent.filter((message) => message.id !== id);
      return true;
    },
    list: () => recent.slice(-LISTED).toReversed(),
  };
}

/** The message as the API shows it. */
export function messageJson(message: StoredMessage, appId: string): object {
  const { id, direction, content, channel, contactId, conversationId, metadata } = message;
  const own = direction === 'TO_CONTACT' ? 'app_message' : 'contact_message';
  return {
    id,
    direction,
    [own]: content,
    channel_identity: { ...channel, app_id: appId },
    conversation_id: message.dispatchOnly ? '' : conversationId,
    contact_id: message.dispatchOnly ? '' : contactId,
    metadata,
    accept_time: new Date(message.acceptMillis).toISOString(),
    sender_id: '',
    processing_mode: message.dispatchOnly ? 'DISPATCH' : 'CONVERSATION',
    injected: false,
  };
}
