import type { Ambient } from '../../kernel/ambient.ts';
import type { BearerContent, Directory, RcsCore } from '../../network/bearer.ts';
import type { Tap } from '../../network/tap.ts';
import { deviceIdOf } from './outgoing.ts';
import type { Callback, WebhookQueue } from './webhook-queue.ts';

/** What people write to the agent. */
export interface PersonMessages {
  send(person: string, device: string, content: BearerContent): void;
}

export interface PersonMessagesOptions {
  readonly ambient: Ambient;
  readonly webhook: WebhookQueue;
  readonly directory: Directory;
  readonly coreOf: (person: string) => RcsCore | undefined;
  readonly tap: Tap;
  readonly agentId: string;
}

export function createPersonMessages(options: PersonMessagesOptions): PersonMessages {
  const { ambient, webhook, directory, coreOf, tap, agentId } = options;
  const { clock, ids } = ambient;

  const callbackOf = (
    person: string,
    number: string,
    device: string,
    messageId: string,
    content: BearerContent,
  ): Callback => {
    const sendTime = new Date(clock.epochMillis()).toISOString();
    const wire = `rbm-user:${messageId}`;
    if (content.kind === 'text') {
      const { text } = content;
      const notification = { senderPhoneNumber: number, messageId, sendTime, agentId, text };
      return { notification, event: 'user message', wire, person, device };
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
    return { notification, event: 'MLS_MESSAGE', wire, person, device };
  };

  return {
    send: (person, device, content) => {
      const core = coreOf(person);
      const number = directory.byId(person)?.plan.msisdn;
      if (core === undefined || number === undefined) return;
      const messageId = ids.uuid();
      const wire = `rbm-user:${messageId}`;
      core.fromPhone(device, content, wire, () => {
        tap.scan(content.kind === 'text' ? content.text : content.body, { wire });
        webhook.push(callbackOf(person, number, device, messageId, content));
      });
    },
  };
}
