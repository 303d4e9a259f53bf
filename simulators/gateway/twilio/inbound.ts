import type { PersonArrival } from '../api/person-messages.ts';
import { toldAddress } from '../api/told-address.ts';
import { TWILIO_API_VERSION, segmentCount } from '../../protocol/twilio/message.ts';
import type { TwilioContext } from './context.ts';

/** Words that end and renew a recipient's consent (“Support for opt-out keywords”). */
const STOP = /^(stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)$/i;
const START = /^(start|yes|unstop)$/i;

/** What people write goes to the service's inbound address, as a form. */
export function bringToService(context: TwilioContext): (arrival: PersonArrival) => void {
  const { account, ambient, callbacks, messages, optedOut, services } = context;
  return ({ content, number, messageId, channel, wire, person, device, cause, ...rest }) => {
    if (content.kind !== 'text') return;
    const { text } = content;
    if (STOP.test(text.trim())) optedOut.add(number);
    else if (START.test(text.trim())) optedOut.delete(number);
    const rcs = channel === 'rcs';
    const from = rcs ? `rcs:${number}` : number;
    const to = rcs ? account.rcsSender.address : account.phoneNumber.number;
    const service = services.standing;
    const now = ambient.clock.epochMillis();
    messages.add({
      sid: messageId,
      accountSid: account.sid,
      serviceSid: service.sid,
      from,
      to,
      body: text,
      status: 'received',
      direction: 'inbound',
      media: [],
      errorCode: null,
      errorMessage: null,
      createdMillis: now,
      sentMillis: now,
      updatedMillis: now,
      priceUnit: 'USD',
    });
    const told = service.settings.get('inbound_request_url') ?? '';
    if (told === '') return;
    const { postback } = rest;
    callbacks.push({
      notification: {
        kind: 'form',
        fields: {
          ...(rcs ? { ChannelPrefix: 'rcs' } : {}),
          ...(postback === undefined ? {} : { ButtonText: text, ButtonPayload: postback }),
          ...(postback === undefined ? {} : { MessageType: 'button' }),
          SmsMessageSid: messageId,
          NumMedia: '0',
          SmsSid: messageId,
          SmsStatus: 'received',
          Body: text,
          To: to,
          MessagingServiceSid: service.sid,
          NumSegments: `${segmentCount(text)}`,
          MessageSid: messageId,
          AccountSid: account.sid,
          From: from,
          ApiVersion: TWILIO_API_VERSION,
        },
      },
      event: postback === undefined ? 'inbound message' : 'button tap',
      to: toldAddress(told, context.webhook()),
      wire,
      person,
      device,
      cause,
      taken: rest.taken,
      ...(rest.message === undefined ? {} : { message: rest.message }),
    });
  };
}
