import type { Ambient } from '../../kernel/ambient.ts';
import type { Handset, HandsetChange, Subscriber } from '../../network/bearer.ts';
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
  const numbers = new WeakSet<Subscriber>();

  const announce = (
    subscriber: Subscriber,
    handset: Handset,
    eventType: 'DEVICE_ADDED' | 'DEVICE_REMOVED' | 'DEVICE_ATTESTATION',
  ): void => {
    const { id: person, msisdn } = subscriber.plan;
    const { e2ee } = handset.features();
    const trusted = handset.attestationFault === undefined;
    const told = {
      DEVICE_ADDED: { e2ee, attestation: handset.attestationFault ?? 'passed' },
      DEVICE_ATTESTATION: { attestation: handset.attestationFault ?? 'passed' },
      DEVICE_REMOVED: {},
    } as const;
    const encrypts = subscriber.handsets.some(
      (one) => !one.revoked && one.features().e2ee && one.attestationFault === undefined,
    );
    const news = trusted && e2ee ? true : encrypts ? undefined : false;
    webhook.push({
      notification: {
        phoneNumber: msisdn,
        agentId,
        eventType,
        eventId: ambient.ids.uuid(),
        sendTime: new Date(ambient.clock.epochMillis()).toISOString(),
        deviceId: handset.plan.id,
        ...told[eventType],
      },
      event: eventType,
      person,
      device: handset.path,
      ...(eventType === 'DEVICE_REMOVED' || news === undefined
        ? {}
        : { meaning: [e2eeOf(person, news)] }),
    });
  };

  const changed = (subscriber: Subscriber, handset: Handset, change: HandsetChange): void => {
    const { msisdn } = subscriber.plan;
    switch (change) {
      case 'revoked':
        announce(subscriber, handset, 'DEVICE_REMOVED');
        focus.forget(msisdn, handset.plan.id);
        return;
      case 'keys-renewed':
        focus.forget(msisdn, handset.plan.id);
        if (handset.features().e2ee) announce(subscriber, handset, 'DEVICE_ADDED');
        return;
      case 'keys-rotated':
      case 'capability':
        announce(subscriber, handset, 'DEVICE_ADDED');
        return;
      case 'attestation': {
        const trusted = handset.attestationFault === undefined;
        announce(subscriber, handset, trusted ? 'DEVICE_ADDED' : 'DEVICE_ATTESTATION');
        return;
      }
      // What a device loses it cannot tell of; what it registers anew, it can.
      case 'keys-lost':
      case 'reachable':
    }
  };

  const follow = (subscriber: Subscriber, handset: Handset): boolean => {
    if (watched.has(handset)) return false;
    watched.add(handset);
    handset.onChange((change) => changed(subscriber, handset, change));
    return true;
  };

  return {
    begin: (subscriber) => {
      for (const handset of subscriber.handsets) follow(subscriber, handset);
      if (numbers.has(subscriber)) return;
      numbers.add(subscriber);
      subscriber.onNewHandset?.((handset) => {
        if (follow(subscriber, handset)) announce(subscriber, handset, 'DEVICE_ADDED');
      });
    },
  };
}
