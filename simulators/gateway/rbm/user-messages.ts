import type { Ambient } from '../../kernel/ambient.ts';
import type { Notification } from '../../protocol/rbm/webhook.ts';
import type { PersonArrival } from '../api/person-messages.ts';
import { NOTE_NAME, noteOf, PLACE } from '../api/shared.ts';
import { deviceIdOf } from './outgoing.ts';
import type { UserFiles } from './user-files.ts';
import type { WebhookQueue } from './webhook-scheme.ts';

export interface UserMessagesOptions {
  readonly ambient: Ambient;
  readonly webhook: WebhookQueue;
  readonly agentId: string;
  readonly userFiles: UserFiles;
}

/**
 * What people write, tap or share becomes a UserMessage, or the extension's MLS_MESSAGE; that they
 * type, an event before it.
 */
export function bringToAgent(options: UserMessagesOptions): (arrival: PersonArrival) => void {
  const { webhook, agentId, userFiles } = options;
  const { clock, ids } = options.ambient;
  const sendTimeNow = (): string => new Date(clock.epochMillis()).toISOString();

  const open = (arrival: PersonArrival, text: string): [Notification, string] => {
    const { number: senderPhoneNumber, messageId, postback: postbackData, share, tapped } = arrival;
    const common = { senderPhoneNumber, messageId, sendTime: sendTimeNow(), agentId };
    if (postbackData !== undefined) {
      const type = tapped === undefined || tapped.does === 'reply' ? 'REPLY' : 'ACTION';
      const suggestionResponse = { postbackData, text, type } as const;
      return [{ ...common, suggestionResponse }, 'suggestion response'];
    }
    if (share === 'location') return [{ ...common, location: PLACE }, 'user location'];
    if (share !== 'file') return [{ ...common, text }, 'user message'];
    const { type: mimeType, bytes: body } = noteOf(text);
    const payload = {
      mimeType,
      fileSizeBytes: body.length,
      fileName: NOTE_NAME,
      fileUri: userFiles.add({ mimeType, body }),
    };
    return [{ ...common, userFile: { payload } }, 'user file'];
  };

  const notificationOf = (arrival: PersonArrival): [Notification, string] => {
    const { content, number, messageId, device } = arrival;
    if (content.kind === 'text') return open(arrival, content.text);
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
      sendTime: sendTimeNow(),
      deviceId: deviceIdOf(device),
      mls,
    } as const;
    return [notification, 'MLS_MESSAGE'];
  };

  return (arrival) => {
    const { wire, person, device, cause, taken, message, number, typing } = arrival;
    const known = message === undefined ? {} : { message };
    if (typing === true) {
      const facts = { eventId: ids.uuid(), sendTime: sendTimeNow(), agentId };
      webhook.push({
        notification: { senderPhoneNumber: number, eventType: 'IS_TYPING', ...facts },
        event: 'IS_TYPING',
        person,
        device,
        cause,
      });
    }
    const [notification, event] = notificationOf(arrival);
    webhook.push({ notification, event, wire, person, device, cause, taken, ...known });
    if (arrival.tapped?.does !== 'share-location') return;
    // The button opens the phone's map, and what is picked there is a message of its own.
    const own = { messageId: ids.uuid(), sendTime: sendTimeNow(), agentId };
    webhook.push({
      notification: { senderPhoneNumber: number, ...own, location: PLACE },
      event: 'user location',
      person,
      device,
      cause,
    });
  };
}
