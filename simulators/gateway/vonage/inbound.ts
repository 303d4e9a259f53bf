import type { InboundWebhook } from '../../protocol/vonage/webhook.ts';
import type { PersonArrival } from '../api/person-messages.ts';
import { NOTE_NAME, noteOf } from '../api/shared.ts';
import { inboundAddress } from '../api/told-address.ts';
import type { VonageContext } from './context.ts';

export interface InboundDefaults {
  /** Who is written to where nobody was before. */
  readonly rcsSender: string;
  readonly smsNumber: string;
}

/** What people write becomes an inbound message; a tapped reply a `reply`, an action a `button`. */
export function bringToApplication(
  context: VonageContext,
  defaults: InboundDefaults,
): (arrival: PersonArrival) => void {
  const { clock } = context.ambient;
  return (arrival) => {
    const { wire, person, device, cause, taken, content, number, messageId, postback } = arrival;
    const acted = arrival.tapped !== undefined && arrival.tapped.does !== 'reply';
    if (content.kind !== 'text') return;
    const { text } = content;
    const channel = arrival.channel === 'sms' ? 'sms' : 'rcs';
    const before = context.conversations[channel].get(person);
    const own = channel === 'sms' ? defaults.smsNumber : defaults.rcsSender;
    const common = {
      message_uuid: messageId,
      to: before?.from ?? own,
      from: number.replace(/^\+/, ''),
      timestamp: new Date(clock.epochMillis()).toISOString(),
      channel,
    } as const;
    const shared = arrival.share === 'file' && channel === 'rcs';
    const notification: InboundWebhook = shared
      ? {
          ...common,
          message_type: 'file',
          file: { url: context.media.offer(noteOf(text)), name: NOTE_NAME },
        }
      : postback === undefined
        ? {
            ...common,
            message_type: 'text',
            text,
            ...(channel === 'sms' ? { sms: { num_messages: '1', keyword: keywordOf(text) } } : {}),
          }
        : acted
          ? { ...common, message_type: 'button', button: { payload: postback, text } }
          : { ...common, message_type: 'reply', reply: { id: postback, title: text } };
    const known = arrival.message === undefined ? {} : { message: arrival.message };
    const event =
      postback === undefined ? 'inbound message' : acted ? 'inbound button' : 'inbound reply';
    const to = inboundAddress(context.address());
    const facts = { wire, person, device, cause, taken, ...known, ...to };
    context.webhook.push({ notification, event, ...facts });
  };
}

/** The first word in capitals, as Vonage tells it. */
function keywordOf(text: string): string {
  return (text.trim().split(/\s+/, 1)[0] ?? '').toUpperCase();
}
