import { infobipTime } from '../../protocol/infobip/webhook.ts';
import type { InfobipInbound, InfobipInboundSms } from '../../protocol/infobip/webhook.ts';
import type { PersonArrival } from '../api/person-messages.ts';
import { inboundAddress } from '../api/told-address.ts';
import type { InfobipContext } from './context.ts';

export interface InboundDefaults {
  /** Who is written to where nobody was before. */
  readonly rcsSender: string;
  readonly smsSender: string;
}

const FREE = Object.freeze({ pricePerMessage: 0, currency: 'EUR' });

/** What people write becomes an inbound message; a tapped suggestion one of type SUGGESTION. */
export function bringToWebhook(
  context: InfobipContext,
  defaults: InboundDefaults,
): (arrival: PersonArrival) => void {
  const { clock } = context.ambient;
  return (arrival) => {
    const { wire, person, device, cause, taken, content, number, messageId, postback } = arrival;
    if (content.kind !== 'text') return;
    const { text } = content;
    const channel = arrival.channel === 'sms' ? 'sms' : 'rcs';
    const before = context.conversations[channel].get(person);
    const paired = /^infobip:([^/]+)/.exec(arrival.tapped?.wire ?? '')?.[1];
    const from = number.replace(/^\+/, '');
    const receivedAt = infobipTime(clock.epochMillis());
    const result: InfobipInbound | InfobipInboundSms =
      channel === 'sms'
        ? {
            messageId,
            from,
            to: before?.sender ?? defaults.smsSender,
            text,
            cleanText: text,
            keyword: (text.trim().split(/\s+/, 1)[0] ?? '').toUpperCase(),
            receivedAt,
            smsCount: 1,
          }
        : {
            sender: from,
            to: before?.sender ?? defaults.rcsSender,
            integrationType: 'RCS',
            receivedAt,
            messageId,
            pairedMessageId: postback === undefined ? null : (paired ?? before?.messageId ?? null),
            callbackData: postback === undefined ? null : (before?.callbackData ?? null),
            message:
              postback === undefined
                ? { type: 'TEXT', text }
                : { type: 'SUGGESTION', text, postbackData: postback },
            price: FREE,
          };
    const notification = { results: [result], messageCount: 1, pendingMessageCount: 0 };
    const known = arrival.message === undefined ? {} : { message: arrival.message };
    const event = postback === undefined ? 'inbound message' : 'inbound suggestion';
    const to = inboundAddress(context.address());
    const facts = { wire, person, device, cause, taken, ...known, ...to };
    context.webhook.push({ notification, event, ...facts });
  };
}
