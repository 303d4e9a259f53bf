import type { PersonArrival } from '../api/person-messages.ts';
import { noteOf } from '../api/shared.ts';
import { toldAddress } from '../api/told-address.ts';
import type { WireResponse } from '../../network/wire.ts';
import { TWILIO_API_VERSION, segmentCount } from '../../protocol/twilio/message.ts';
import type { TwilioContext } from './context.ts';
import { enterMessage } from './enter-message.ts';
import { createTwimlReplies } from './twiml-replies.ts';

/** Words that end and renew a recipient's consent (“Support for opt-out keywords”). */
const STOP = /^(stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)$/i;
const START = /^(start|yes|unstop)$/i;

/** What people write goes to the service's inbound address, as a form. */
export function bringToService(context: TwilioContext): (arrival: PersonArrival) => void {
  const reply = createTwimlReplies(context);
  const { account, callbacks, optedOut, services } = context;
  return ({ content, number, messageId, channel, wire, person, device, cause, ...rest }) => {
    if (content.kind !== 'text') return;
    const rcs = channel === 'rcs';
    const note = rcs && rest.share === 'file' ? noteOf(content.text) : undefined;
    const mediaUrl = note === undefined ? undefined : context.media.offer(note);
    const text = note === undefined ? content.text : '';
    if (STOP.test(text.trim())) optedOut.add(number);
    else if (START.test(text.trim())) optedOut.delete(number);
    const from = rcs ? `rcs:${number}` : number;
    const to = rcs ? account.rcsSender.address : account.phoneNumber.number;
    const service = services.standing;
    enterMessage(context, {
      sid: messageId,
      serviceSid: service.sid,
      from,
      to,
      body: text,
      status: 'received',
      direction: 'inbound',
      mediaUrls: mediaUrl === undefined ? [] : [mediaUrl],
    });
    const told = service.settings.get('inbound_request_url') ?? '';
    if (told === '') return;
    const { postback } = rest;
    const fields = {
      ...(rcs ? { ChannelPrefix: 'rcs' } : {}),
      ...(postback === undefined ? {} : { ButtonText: text, ButtonPayload: postback }),
      ...(postback === undefined ? {} : { MessageType: 'button' }),
      SmsMessageSid: messageId,
      ...(note === undefined || mediaUrl === undefined
        ? { NumMedia: '0' }
        : { NumMedia: '1', MediaUrl0: mediaUrl, MediaContentType0: note.type }),
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
    };
    const carryOut = (answered: number, response: WireResponse): void =>
      reply({ person, number, rcs, to, fields, told, hops: 0 }, response, answered);
    callbacks.push({
      notification: { kind: 'form', fields },
      event: postback === undefined ? 'inbound message' : 'button tap',
      to: toldAddress(told, context.webhook()),
      wire,
      person,
      device,
      cause,
      taken: (callback, answered, response) => {
        rest.taken(callback, answered);
        carryOut(answered, response);
      },
      takenAgain: carryOut,
      ...(rest.message === undefined ? {} : { message: rest.message }),
    });
  };
}
