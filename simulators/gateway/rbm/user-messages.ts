import type { Ambient } from '../../kernel/ambient.ts';
import type { Notification } from '../../protocol/rbm/webhook.ts';
import type { PersonArrival } from '../api/person-messages.ts';
import { deviceIdOf } from './outgoing.ts';
import type { WebhookQueue } from './webhook-scheme.ts';

/** What people write becomes a UserMessage, or the extension's MLS_MESSAGE. */
export function bringToAgent(
  { clock, ids }: Ambient,
  webhook: WebhookQueue,
  agentId: string,
): (arrival: PersonArrival) => void {
  const notificationOf = ({
    device,
    content,
    number,
    messageId,
  }: PersonArrival): { notification: Notification; event: string } => {
    const sendTime = new Date(clock.epochMillis()).toISOString();
    if (content.kind === 'text') {
      const { text } = content;
      const notification = { senderPhoneNumber: number, messageId, sendTime, agentId, text };
      return { notification, event: 'user message' };
    }
    const { contentType, eraId, epochAuthenticator, body } = content;
    const mls = {
      contentType,
      eraId,
      epochAuthenticator,
      body: Buffer.from(body).toString('base64'),
    };
    const notification = {
      phoneNumber: number,
      agentId,
      eventType: 'MLS_MESSAGE',
      eventId: ids.uuid(),
      messageId,
      sendTime,
      deviceId: deviceIdOf(device),
      mls,
    } as const;
    return { notification, event: 'MLS_MESSAGE' };
  };
  return (arrival) => {
    const { wire, person, device, cause, taken, message } = arrival;
    const known = message === undefined ? {} : { message };
    webhook.push({ ...notificationOf(arrival), wire, person, device, cause, taken, ...known });
  };
}
