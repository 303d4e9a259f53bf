import type { TwilioMessage } from '../../protocol/twilio/message.ts';
import type { TwilioContext } from './context.ts';
import { typeByName } from './media.ts';

/** What a message has of its own when it is made. */
export type EnteredFacts = Pick<
  TwilioMessage,
  'sid' | 'serviceSid' | 'from' | 'to' | 'body' | 'status' | 'direction'
> & { readonly mediaUrls: readonly string[] };

/** Puts a new message into the account's store. */
export function enterMessage(
  { ambient, account, messages }: TwilioContext,
  { mediaUrls, ...facts }: EnteredFacts,
): TwilioMessage {
  const { clock, ids } = ambient;
  const now = clock.epochMillis();
  const received = facts.status === 'received';
  const message: TwilioMessage = {
    ...facts,
    accountSid: account.sid,
    media: mediaUrls.map((url) => ({
      sid: `ME${ids.hex(16)}`,
      url,
      contentType: typeByName(url),
    })),
    errorCode: null,
    errorMessage: null,
    createdMillis: now,
    sentMillis: received ? now : null,
    updatedMillis: now,
    priceUnit: 'USD',
  };
  messages.add(message);
  return message;
}

/** `MM…` with media, else `SM…`. */
export function messageSid(
  { ids }: TwilioContext['ambient'],
  mediaUrls: readonly string[],
): string {
  return `${mediaUrls.length > 0 ? 'MM' : 'SM'}${ids.hex(16)}`;
}
