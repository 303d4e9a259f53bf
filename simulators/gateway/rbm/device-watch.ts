import type { Ambient } from '../../kernel/ambient.ts';
import type { Handset, Subscriber } from '../../network/bearer.ts';
import type { ConversationFocus } from './conversation-focus.ts';
import { e2eeOf } from './meanings.ts';
import type { WebhookQueue } from './webhook-scheme.ts';

/** Tells the agent of changes on numbers that it has asked about. */
export interface DeviceWatch {
  /** From now on changes of this number's devices are announced. */
  begin(subscriber: Subscriber): void;
}

export interface DeviceWatchOptions {
  readonly ambient: Ambient;
  readonly focus: ConversationFocus;
  readonly webhook: WebhookQueue;
  readonly agentId: string;
}

export function createDeviceWatch(options: DeviceWatchOptions): DeviceWatch {
  const { ambient, focus, webhook, agentId } = options;
  const watched = new WeakSet<Handset>();

  const announce = (
    subscriber: Subscriber,
    handset: Handset,
    eventType: 'DEVICE_ADDED' | 'DEVICE_REMOVED',
  ): void => {
    const { id: person, msisdn } = subscriber.plan;
    const added = eventType === 'DEVICE_ADDED';
    webhook.push({
      notification: {
        phoneNumber: msisdn,
        agentId,
        eventType,
        eventId: ambient.ids.uuid(),
        sendTime: new Date(ambient.clock.epochMillis()).toISOString(),
        deviceId: handset.plan.id,
        ...(added ? { e2ee: true } : {}),
      },
      event: eventType,
      person,
      device: handset.path,
      ...(added ? { meaning: [e2eeOf(person, true)] } : {}),
    });
  };

  return {
    begin: (subscriber) => {
      for (const handset of subscriber.handsets) {
        if (watched.has(handset)) continue;
        watched.add(handset);
        handset.onChange((change) => {
          // What a device loses it cannot tell of; what it registers anew, it can.
          if (change === 'revoked') announce(subscriber, handset, 'DEVICE_REMOVED');
          if (change !== 'revoked' && change !== 'keys-renewed') return;
          focus.forget(subscriber.plan.msisdn, handset.plan.id);
          if (change === 'keys-renewed' && handset.features().e2ee) {
            announce(subscriber, handset, 'DEVICE_ADDED');
          }
        });
      }
    },
  };
}
