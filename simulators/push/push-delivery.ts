/** The way from a push service to phones, and what waits for those that are offline. */
import type { Ambient } from '../kernel/ambient.ts';
import type { Timer } from '../kernel/clock.ts';
import type { InLine } from '../kernel/in-order.ts';
import { InOrder } from '../kernel/in-order.ts';
import type { PushDelivery, PushHandset } from '../network/bearer.ts';
import type { PushFaults } from './push-faults.ts';
import { numberIn } from './push-faults.ts';

/** The key under which the fault `collapse` holds pushes. */
const COLLAPSED = 'collapse';
const COLLAPSE_MICROS = 3_000_000;

/** One push under way. */
export interface PushItem {
  readonly handset: PushHandset;
  readonly delivery: PushDelivery;
  /** On the clock; undefined: never stored, it arrives now or not at all. */
  readonly expiresAtMicros: number | undefined;
  readonly collapseKey: string | undefined;
}

/** Which of the stored pushes of one phone have to go when `next` comes. */
export type StorePolicy = (stored: readonly PushItem[], next: PushItem) => readonly PushItem[];

export interface PushDeliveryOptions {
  readonly ambient: Ambient;
  readonly component: string;
  readonly displaced: StorePolicy;
  /** For the fault `collapse`. */
  readonly faults: PushFaults;
}

export interface PushCarrier {
  send(item: PushItem): void;
  /**
   * Sends it that much later; until then, a later one of the same key for the phone takes its
   * place and its time.
   */
  hold(item: PushItem, key: string, waitMicros: number): void;
  /** What is on its way. What waits for a phone that is offline is at rest and not counted. */
  unfinished(): string[];
}

interface Stored {
  readonly items: { readonly item: PushItem; readonly expiry: Timer }[];
}

/** A push on its way to a phone. */
class Flight implements InLine<Flight> {
  readonly item: PushItem;
  before: Flight | undefined = undefined;
  after: Flight | undefined = undefined;

  constructor(item: PushItem) {
    this.item = item;
  }
}

export function createPushCarrier(options: PushDeliveryOptions): PushCarrier {
  const { component, displaced, faults } = options;
  const { clock, history } = options.ambient;
  const random = options.ambient.random.fork(`${component}/delivery`);
  const flying = new InOrder<Flight>();
  const store = new Map<PushHandset, Stored>();
  const held = new Map<string, PushItem>();

  const lose = ({ delivery }: PushItem): void => {
    history.append({ kind: 'lost', wire: delivery.wire, component });
  };

  const expire = ({ delivery, handset }: PushItem): void => {
    const { person } = handset;
    history.append({ kind: 'expired', wire: delivery.wire, component, person });
  };

  const storeOf = (handset: PushHandset): Stored => {
    const known = store.get(handset);
    if (known !== undefined) return known;
    const made: Stored = { items: [] };
    store.set(handset, made);
    // Once for each token that was ever stored for: phones keep their listeners.
    handset.onChange(() => drain(handset, made));
    return made;
  };

  const drain = (handset: PushHandset, { items }: Stored): void => {
    if (items.length === 0) return;
    const state = handset.state();
    if (state === 'offline') return;
    for (const { item, expiry } of items.splice(0)) {
      expiry.cancel();
      if (state === 'online') leave(item);
      else lose(item);
    }
  };

  const keep = (item: PushItem, expiresAtMicros: number): void => {
    const { handset, delivery } = item;
    const stored = storeOf(handset);
    const gone = displaced(
      stored.items.map((one) => one.item),
      item,
    );
    for (const one of gone) {
      const at = stored.items.findIndex((other) => other.item === one);
      if (at < 0) continue;
      stored.items.splice(at, 1)[0]?.expiry.cancel();
      lose(one);
    }
    // A daemon: waiting for a phone that stays away does not keep the world from being at rest.
    const expiry = clock.after(
      expiresAtMicros - clock.now(),
      () => {
        const at = stored.items.findIndex((other) => other.item === item);
        if (at < 0) return;
        stored.items.splice(at, 1);
        expire(item);
      },
      { daemon: true },
    );
    stored.items.push({ item, expiry });
    const { person } = handset;
    history.append({ kind: 'stored', wire: delivery.wire, component, person });
  };

  const arrive = (flight: Flight): void => {
    flying.delete(flight);
    const { item } = flight;
    const { handset, delivery, expiresAtMicros } = item;
    const state = handset.state();
    if (state === 'unregistered') return lose(item);
    if (state === 'offline') {
      if (expiresAtMicros === undefined || expiresAtMicros <= clock.now()) return expire(item);
      return keep(item, expiresAtMicros);
    }
    history.append({
      kind: 'carried',
      wire: delivery.wire,
      from: component,
      to: handset.path,
      channel: 'app-push',
      ...(delivery.message === undefined ? {} : { message: delivery.message }),
    });
    handset.receive(delivery);
  };

  const hold = (item: PushItem, key: string, waitMicros: number): boolean => {
    const place = `${item.handset.path} ${key}`;
    const replaced = held.get(place);
    held.set(place, item);
    if (replaced !== undefined) {
      lose(replaced);
      return true;
    }
    clock.after(waitMicros, () => {
      const latest = held.get(place);
      held.delete(place);
      if (latest !== undefined) leave(latest);
    });
    return false;
  };

  /** The fault `collapse` lets only the last of those that come close together go on. */
  const send = (item: PushItem): void => {
    const fault = faults.acting('collapse');
    const { message, wire } = item.delivery;
    if (fault === undefined || !fault.ledger.hits(message)) {
      leave(item);
      return;
    }
    const replaced = hold(item, COLLAPSED, numberIn(fault, 'within', COLLAPSE_MICROS));
    fault.ledger.touched(replaced ? 'put it in the place of another' : 'held it', message, wire);
  };

  const leave = (item: PushItem): void => {
    const flight = new Flight(item);
    flying.add(flight);
    const [min, max] = item.handset.delayMicros;
    clock.after(random.int(min, max), () => arrive(flight));
  };

  return {
    send,
    hold,
    unfinished: () =>
      [...Array.from(flying, ({ item }) => item), ...held.values()].map(
        ({ delivery }) => `push ${delivery.wire}`,
      ),
  };
}
