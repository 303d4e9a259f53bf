/** What people write back: opened by the gateway, sealed to the sender's own key. */
import type { Ambient } from '../../kernel/ambient.ts';
import type { Directory } from '../../network/bearer.ts';
import type { Tap } from '../../network/tap.ts';
import { sealJwe } from '../../protocol/jose/jwe.ts';
import { thumbprintOf } from '../../protocol/jose/p256-key.ts';
import type { P256Jwk } from '../../protocol/jose/p256-key.ts';
import type { WrittenMessage } from '../../protocol/sessions/notifications.ts';
import type { PersonArrival } from '../api/person-messages.ts';
import type { SessionCallbacks } from './callback-scheme.ts';
import { deviceIdOf } from './managed-group.ts';
import type { ManagedGroups } from './managed-groups.ts';

export interface InboundOptions {
  readonly ambient: Ambient;
  readonly webhook: SessionCallbacks;
  readonly agentId: string;
  readonly component: string;
  readonly tap: Tap;
  readonly directory: Directory;
  readonly groups: ManagedGroups;
  /** The key that the sender gave for answers of this person. */
  readonly replyKeyOf: (person: string) => P256Jwk | undefined;
}

/**
 * A text that left the phone in the clear is told as it is. One that was encrypted is told sealed,
 * and not at all to a sender that gave no key: what came encrypted does not leave in the clear.
 */
export function bringToSender(options: InboundOptions): (arrival: PersonArrival) => void {
  const { ambient, webhook, agentId, component, tap, directory, groups, replyKeyOf } = options;
  const { clock, history } = ambient;
  const random = ambient.random.fork(`${component}/replies`);

  const push = (arrival: PersonArrival, content: WrittenMessage['content']): void => {
    const { wire, person, device, cause, taken, message, number, messageId } = arrival;
    webhook.push({
      notification: {
        version: 1,
        type: 'message',
        agentId,
        phoneNumber: number,
        deviceId: deviceIdOf(device),
        messageId,
        content,
        time: new Date(clock.epochMillis()).toISOString(),
      },
      event: 'message',
      wire,
      person,
      device,
      cause,
      taken,
      ...(message === undefined ? {} : { message }),
    });
  };

  const open = async (arrival: PersonArrival, body: Uint8Array): Promise<void> => {
    const { person, device, wire, cause } = arrival;
    const subscriber = directory.byId(person);
    const key = replyKeyOf(person);
    const plaintext =
      subscriber === undefined ? null : await groups.open(subscriber, deviceIdOf(device), body);
    if (plaintext !== null) tap.scan(plaintext, { channel: 'rcs-e2ee', wire, cause });
    if (plaintext === null || key === undefined) {
      history.append({ kind: 'lost', wire, component });
      return;
    }
    const bytes = (length: number): Uint8Array => random.bytes(length);
    push(arrival, { jwe: sealJwe(plaintext, key, { random: bytes, kid: thumbprintOf(key) }) });
  };

  return (arrival) => {
    const { content } = arrival;
    if (content.kind === 'text') {
      push(arrival, { text: content.text });
      return;
    }
    open(arrival, content.body).catch((error: unknown) => {
      clock.after(0, () => {
        throw error;
      });
    });
  };
}
