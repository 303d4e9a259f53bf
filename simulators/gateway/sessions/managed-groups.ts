/** The groups that the gateway keeps for its senders, and what changes on the numbers in them. */
import type { Handset, HandsetChange, Subscriber } from '../../network/bearer.ts';
import type { SessionNotification } from '../../protocol/sessions/notifications.ts';
import type { Verb } from '../../kernel/target.ts';
import type { SessionCallbacks } from './callback-scheme.ts';
import { isFit, ManagedGroup } from './managed-group.ts';
import type { GroupParts, Outgoing } from './managed-group.ts';
import { encryptionOf } from './meanings.ts';
import type { SessionStore } from './session-store.ts';

export interface ManagedGroups {
  /** Devices that would be encrypted to now. From now on changes on the number are followed. */
  devicesOf(subscriber: Subscriber): readonly string[];
  /** False when no device has keys. */
  send(subscriber: Subscriber, outgoing: Outgoing): Promise<boolean>;
  /** What a device encrypted to the gateway; null when no key opens it. */
  open(subscriber: Subscriber, device: string, body: Uint8Array): Promise<Uint8Array | null>;
  /** A fault: another node of the gateway has moved every group. */
  readonly fork: Verb;
}

export interface ManagedGroupsOptions extends GroupParts {
  readonly sessions: SessionStore;
  readonly webhook: SessionCallbacks;
  readonly agentId: string;
}

export function createManagedGroups(options: ManagedGroupsOptions): ManagedGroups {
  const { ambient, sessions, webhook, agentId } = options;
  const { clock } = ambient;
  const groups = new Map<string, ManagedGroup>();
  const numbers = new WeakSet<Subscriber>();
  const watched = new WeakSet<Handset>();

  const groupOf = (subscriber: Subscriber): ManagedGroup => {
    const { id } = subscriber.plan;
    let group = groups.get(id);
    if (group === undefined) groups.set(id, (group = new ManagedGroup(options, subscriber)));
    return group;
  };
  const common = () =>
    ({ version: 1, agentId, time: new Date(clock.epochMillis()).toISOString() }) as const;

  /** The sender had been told of this device: what it seals next must be sealed anew. */
  const endSessions = (subscriber: Subscriber, handset: Handset): void => {
    const deviceId = handset.plan.id;
    const { id: person } = subscriber.plan;
    for (const session of sessions.living(person)) {
      if (!session.devices.includes(deviceId)) continue;
      const cause = sessions.end(session, 'devices-changed', handset.path);
      const notification: SessionNotification = {
        ...common(),
        type: 'session-ended',
        sessionId: session.id,
        phoneNumber: session.number,
        reason: 'devices-changed',
        deviceId,
      };
      webhook.push({ notification, event: 'session-ended', person, device: handset.path, cause });
    }
  };

  const announce = (subscriber: Subscriber, handset: Handset): void => {
    const { id: person, msisdn: phoneNumber } = subscriber.plan;
    const notification: SessionNotification = {
      ...common(),
      type: 'number-changed',
      phoneNumber,
      encrypted: true,
    };
    const meaning = encryptionOf(person, true);
    const device = handset.path;
    webhook.push({ notification, event: 'number-changed', person, device, meaning });
  };

  const changed = (subscriber: Subscriber, handset: Handset, change: HandsetChange): void => {
    // What a device loses it cannot tell of; what it registers anew, it can.
    if (change === 'keys-lost' || change === 'reachable') return;
    const fit = isFit(handset);
    if (!fit) endSessions(subscriber, handset);
    else announce(subscriber, handset);
    const renewed = change === 'keys-renewed' || change === 'keys-rotated';
    groupOf(subscriber)
      .changed(handset.plan.id, renewed)
      .catch((error: unknown) => {
        clock.after(0, () => {
          throw error;
        });
      });
  };

  const follow = (subscriber: Subscriber, handset: Handset): boolean => {
    if (watched.has(handset)) return false;
    watched.add(handset);
    handset.onChange((change) => changed(subscriber, handset, change));
    return true;
  };

  const watch = (subscriber: Subscriber): void => {
    for (const handset of subscriber.handsets) follow(subscriber, handset);
    if (numbers.has(subscriber)) return;
    numbers.add(subscriber);
    subscriber.onNewHandset?.((handset) => {
      if (follow(subscriber, handset)) changed(subscriber, handset, 'capability');
    });
  };

  return {
    devicesOf: (subscriber) => {
      watch(subscriber);
      return subscriber.handsets.filter(isFit).map(({ plan }) => plan.id);
    },
    send: (subscriber, outgoing) => groupOf(subscriber).send(outgoing),
    open: (subscriber, device, body) => groupOf(subscriber).open(device, body),
    fork: ({ ledger }) => {
      for (const [person, group] of groups) {
        if (!group.exists) continue;
        ledger.touched(`another node of the gateway had moved the group of ${person}`);
        group.forked();
      }
      return () => {};
    },
  };
}
