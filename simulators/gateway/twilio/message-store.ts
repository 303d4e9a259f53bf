import type { TwilioMessage } from '../../protocol/twilio/message.ts';
import { createMessageLog } from '../api/message-log.ts';
import type { MessageLog } from '../api/message-log.ts';

/** Messages that the account remembers; of older ones the API knows nothing any more. */
const REMEMBERED = 50_000;

export type MessageStore = MessageLog<TwilioMessage>;

export function createMessageStore(): MessageStore {
  return createMessageLog(REMEMBERED, ({ sid }) => sid);
}
