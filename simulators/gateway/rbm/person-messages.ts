import type { Ambient } from '../../kernel/ambient.ts';
import type { BearerContent, Directory, RcsCore } from '../../network/bearer.ts';
import type { Tap } from '../../network/tap.ts';
import { deviceIdOf } from './outgoing.ts';
import type { Callback, WebhookQueue } from './webhook-queue.ts';

/** What a person writes to the agent, as it leaves the phone. */
export interface PersonMessage {
  readonly person: string;
  /** The phone's path. */
  readonly device: string;
  readonly content: BearerContent;
  /** The planned message that it is. */
  readonly message?: string;
}

/** What people write to the agent. */
export interface PersonMessages {
  /** Through the core of the person's carrier; lost, and recorded as that, where there is none. */
  send(written: PersonMessage): void;
}

export interface PersonMessagesOptions {
  readonly ambient: Ambient;
  readonly webhook: WebhookQueue;
  readonly directory: Directory;
  readonly coreOf: (person: string) => RcsCore | undefined;
  readonly tap: Tap;
  readonly component: string;
  readonly agentId: string;
}

export function createPersonMessages(options: PersonMessagesOptions): PersonMessages {
  const { ambient, webhook, directory, coreOf, tap, component, agentId } = options;
  const { clock, history, ids } = ambient;

  const notificationOf = (
    { device, content }: PersonMessage,
    number: string,
    messageId: string,
  ): Pick<Callback, 'notification' | 'event'> => {
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

  return {
    send: (written) => {
      const { person, device, content, message } = written;
      const core = coreOf(person);
      const number = directory.byId(person)?.plan.msisdn;
      const messageId = ids.uuid();
      const wire = `rbm-user:${messageId}`;
      if (core === undefined || number === undefined) {
        history.append({ kind: 'lost', wire, component: device });
        return;
      }
      const channel = content.kind === 'mls' ? 'rcs-e2ee' : 'rcs';
      const known = message === undefined ? {} : { message };
      // The root of the wire chain, so that an event of any hop leads back to the message.
      history.append({ kind: 'carried', wire, from: device, to: core.path, channel, ...known });
      const taken = (callback: string, cause: number): void => {
        const facts = { cause, wire, person, device, channel, callback } as const;
        history.append({ kind: 'business.received', ...facts, ...known });
      };
      const arrived = (): void => {
        const hop = { wire, from: core.path, to: component, channel } as const;
        const cause = history.append({ kind: 'carried', ...hop, ...known });
        tap.scan(content.kind === 'text' ? content.text : content.body, { channel, wire, cause });
        const notification = notificationOf(written, number, messageId);
        webhook.push({ ...notification, wire, person, device, cause, taken });
      };
      core.fromPhone(device, content, wire, arrived, message);
    },
  };
}
