import type { ChannelIdentity } from '../../protocol/sinch/request.ts';
import { createMessageLog } from '../api/message-log.ts';
import type { MessageLog } from '../api/message-log.ts';

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

export interface MessageStore extends Pick<MessageLog<StoredMessage>, 'add' | 'get' | 'remove'> {
  /** Newest first. */
  list(): readonly StoredMessage[];
}

const REMEMBERED = 20_000;
/** A list shows at most so many. */
const LISTED = 1_000;

export function createMessageStore(): MessageStore {
  const log = createMessageLog<StoredMessage>(REMEMBERED, ({ id }) => id);
  return { ...log, list: () => log.newestFirst(LISTED) };
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
