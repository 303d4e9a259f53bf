import type { TwilioMedium, TwilioMessage } from '../../protocol/twilio/message.ts';
import type { TwilioContext } from './context.ts';
import { typeByName } from './media.ts';

/** What a message has of its own when it is made. */
export type EnteredFacts = Pick<
  TwilioMessage,
  'sid' | 'serviceSid' | 'from' | 'to' | 'body' | 'status' | 'direction'
> & { readonly mediaUrls: readonly string[] };

const NO_MEDIA: readonly TwilioMedium[] = Object.freeze([]);

/** Puts a new message into the account's store. */
export function enterMessage(
  { ambient, account, messages }: TwilioContext,
  facts: EnteredFacts,
): TwilioMessage {
  const { clock, ids } = ambient;
  const { mediaUrls } = facts;
  const now = clock.epochMillis();
  const mediumOf = (url: string): TwilioMedium => ({
    sid: `ME${ids.hex(16)}`,
    url,
    contentType: typeByName(url),
  });
  const received = facts.status === 'received';
  // Field by field: thousands are kept, and a copy has no shape of its own.
  const message: TwilioMessage = {
    sid: facts.sid,
    accountSid: account.sid,
    serviceSid: facts.serviceSid,
    from: facts.from,
    to: facts.to,
    body: facts.body,
    status: facts.status,
    direction: facts.direction,
    media: mediaUrls.length === 0 ? NO_MEDIA : mediaUrls.map(mediumOf),
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
