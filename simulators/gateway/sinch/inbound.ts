import type { ContactMessage, InboundMessage } from '../../protocol/sinch/webhook.ts';
import type { PersonArrival } from '../api/person-messages.ts';
import { noteOf, PLACE } from '../api/shared.ts';
import { inboundAddress } from '../api/told-address.ts';
import { envelopeOf } from './context.ts';
import type { SinchContext } from './context.ts';

/** `sinch:<message id>/SMS` → the id. */
function messageOfWire(wire: string): string | undefined {
  return /^sinch:([^/]+)/.exec(wire)?.[1];
}

function writtenOf(
  { media }: SinchContext,
  text: string,
  share: PersonArrival['share'],
): ContactMessage {
  if (share === 'file') return { media_message: { url: media.offer(noteOf(text)) } };
  if (share === 'location') return { location_message: { title: text, coordinates: PLACE } };
  return { text_message: { text } };
}

/** What people write becomes MESSAGE_INBOUND; a tapped choice a choice_response_message. */
export function bringToApp(context: SinchContext): (arrival: PersonArrival) => void {
  const { clock } = context.ambient;
  const { appId } = context.account;
  return (arrival) => {
    const { wire, person, device, cause, taken, content, number, messageId, postback } = arrival;
    if (content.kind !== 'text') return;
    const channel = arrival.channel === 'sms' ? 'SMS' : 'RCS';
    const identity = number.replace(/^\+/, '');
    const contact = context.contacts.of([{ channel, identity }]);
    const under = arrival.tapped && messageOfWire(arrival.tapped.wire);
    const asked =
      (under === undefined ? undefined : context.store.get(under)) ??
      context.store
        .list()
        .find(({ direction, contactId }) => direction === 'TO_CONTACT' && contactId === contact.id);
    const contact_message: ContactMessage =
      postback === undefined
        ? writtenOf(context, content.text, channel === 'RCS' ? arrival.share : undefined)
        : {
            choice_response_message: { message_id: asked?.id ?? '', postback_data: postback },
          };
    const acceptMillis = clock.epochMillis();
    const notification: InboundMessage = {
      ...envelopeOf(context, {}),
      message: {
        id: messageId,
        direction: 'TO_APP',
        contact_message,
        channel_identity: { channel, identity, app_id: appId },
        conversation_id: contact.conversationId,
        contact_id: contact.id,
        // Of an answer to a choice: the metadata of the message that asked.
        metadata: postback === undefined ? '' : (asked?.metadata ?? ''),
        accept_time: new Date(acceptMillis).toISOString(),
        sender_id: '',
        processing_mode: 'CONVERSATION',
        injected: false,
      },
    };
    context.stopped.delete(contact.conversationId);
    context.store.add({
      id: messageId,
      direction: 'TO_APP',
      content: contact_message,
      channel: { channel, identity },
      contactId: contact.id,
      conversationId: contact.conversationId,
      metadata: '',
      acceptMillis,
      dispatchOnly: false,
    });
    const known = arrival.message === undefined ? {} : { message: arrival.message };
    const event = 'MESSAGE_INBOUND';
    const to = inboundAddress(context.address());
    const facts = { wire, person, device, cause, taken, ...known, ...to };
    context.webhook.push({ notification, event, ...facts });
  };
}
