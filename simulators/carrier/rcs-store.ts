import type { Handset } from '../network/bearer.ts';
import type { RcsItem } from './rcs-item.ts';

/** What the store asks of its core. */
export interface DeviceStoreEvents {
  /** The device can be reached again; `waiting` gives what is stored for it then, in order. */
  offer(handset: Handset, waiting: () => readonly RcsItem[]): void;
  /** The device was removed while this waited for it. */
  removed(handset: Handset, item: RcsItem): void;
}

/** Deferred messages, a queue per device; nothing is kept for devices without any. */
export interface DeviceStore {
  put(item: RcsItem, handset: Handset): void;
  /** Takes it out for this one device. */
  take(item: RcsItem, handset: Handset): void;
  /** Takes it out for all devices. */
  forget(item: RcsItem): void;
  /** Offers everything that waits for a device that can be reached now. */
  offerAll(): void;
}

export function createDeviceStore(events: DeviceStoreEvents): DeviceStore {
  const queues = new Map<string, { readonly handset: Handset; readonly items: Set<RcsItem> }>();
  /** Handsets never forget a listener, so each gets one only once. */
  const heard = new WeakSet<Handset>();

  const waitingFor = (handset: Handset) => (): readonly RcsItem[] => [
    ...(queues.get(handset.path)?.items ?? []),
  ];
  const drop = (item: RcsItem, device: string): void => {
    item.waiting?.delete(device);
    const queue = queues.get(device);
    if (queue === undefined) return;
    queue.items.delete(item);
    if (queue.items.size === 0) queues.delete(device);
  };
  const listen = (handset: Handset): void => {
    if (heard.has(handset)) return;
    heard.add(handset);
    handset.onChange((change) => {
      if (!queues.has(handset.path)) return;
      if (change === 'reachable') events.offer(handset, waitingFor(handset));
      if (change !== 'revoked') return;
      for (const item of waitingFor(handset)()) {
        drop(item, handset.path);
        events.removed(handset, item);
      }
    });
  };
  return {
    put: (item, handset) => {
      let queue = queues.get(handset.path);
      if (queue === undefined) {
        queues.set(handset.path, (queue = { handset, items: new Set() }));
        listen(handset);
      }
      queue.items.add(item);
    },
    take: (item, handset) => drop(item, handset.path),
    forget: (item) => {
      for (const device of item.waiting ?? []) drop(item, device);
    },
    offerAll: () => {
      for (const { handset } of queues.values()) {
        if (handset.reachable('rcs')) events.offer(handset, waitingFor(handset));
      }
    },
  };
}
