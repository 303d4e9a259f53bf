/**
 * Which message is it? By canary or by what the simulator knew; else by the chain of linked wires;
 * else by an id echoed on the wire. `resolve.ts` has the rest, once all events are known.
 */
import { emptyTransmission } from './records.ts';
import type { MessageRecord, Parts, Transmission } from './records.ts';

export class Attribution {
  readonly messages = new Map<string, MessageRecord>();
  /** Every transmission ever made; those merged into another point to it. */
  readonly all: Transmission[] = [];
  readonly #byCanary = new Map<string, MessageRecord>();
  readonly #byImplementationId = new Map<string, MessageRecord>();
  readonly #byWire = new Map<string, Transmission>();
  /** Links between transmissions of two different messages: never followed. */
  conflicts = 0;

  intended(record: MessageRecord): void {
    this.messages.set(record.id, record);
    this.#byCanary.set(record.canary, record);
  }

  named(record: MessageRecord, implementationId: string): void {
    this.#byImplementationId.set(implementationId, record);
  }

  byCanary(canary: string): MessageRecord | undefined {
    return this.#byCanary.get(canary);
  }

  /** The transmission that a wire belongs to, made when it is new. */
  ofWire(wire: string): Transmission {
    const known = this.#byWire.get(wire);
    if (known !== undefined) return this.root(known);
    const made = emptyTransmission(this.all.length, wire);
    this.all.push(made);
    this.#byWire.set(wire, made);
    return made;
  }

  /** A request that named no wire. */
  nameless(): Transmission {
    const made = emptyTransmission(this.all.length, null);
    this.all.push(made);
    return made;
  }

  root(transmission: Transmission): Transmission {
    let root = transmission;
    while (root.mergedInto !== null) root = root.mergedInto;
    if (transmission !== root) transmission.mergedInto = root;
    return root;
  }

  belongs(transmission: Transmission, record: MessageRecord): void {
    if (transmission.message === null) transmission.message = record;
    else if (transmission.message !== record) this.conflicts++;
  }

  /** The simulator knew which message it is; most of its news only say so once more. */
  knownAs(transmission: Transmission, message: string | undefined): void {
    if (message === undefined || transmission.message?.id === message) return;
    const record = this.messages.get(message);
    if (record !== undefined) this.belongs(transmission, record);
  }

  /** The transmission of a wire that carries on what another began. */
  carriedOn(wire: string, parentWire: string): Transmission {
    const parent = this.ofWire(parentWire);
    if (this.#byWire.has(wire) || parent.control) return this.link(this.ofWire(wire), parent);
    // Nothing is known of it by itself: it needs no record of its own.
    this.#byWire.set(wire, parent);
    return parent;
  }

  /** `child` carries on what `parent` began. Content never comes from a Welcome or a Commit. */
  link(child: Transmission, parent: Transmission): Transmission {
    if (child === parent) return parent;
    if (parent.control && !child.control) return child;
    if (child.message !== null && parent.message !== null && child.message !== parent.message) {
      this.conflicts++;
      return child;
    }
    const [into, gone] = child.order < parent.order ? [child, parent] : [parent, child];
    merge(into, gone);
    return into;
  }

  /** What the transmission itself says. */
  messageOf(transmission: Transmission): MessageRecord | null {
    if (transmission.message !== null) return transmission.message;
    const echoed = transmission.echoed;
    if (echoed !== null) {
      const found = this.#byImplementationId.get(echoed) ?? this.messages.get(echoed);
      if (found !== undefined) return found;
    }
    const id = transmission.wire?.slice(transmission.wire.indexOf(':') + 1);
    if (id !== undefined) {
      const found = this.#byImplementationId.get(id) ?? this.messages.get(id);
      if (found !== undefined) return found;
    }
    return null;
  }
}

function merge(into: Transmission, gone: Transmission): void {
  gone.mergedInto = into;
  into.message ??= gone.message;
  into.echoed ??= gone.echoed;
  into.person ??= gone.person;
  into.control ||= gone.control;
  into.linkOpened ??= gone.linkOpened;
  into.asked ??= gone.asked;
  into.held ??= gone.held;
  into.revokeAsked ??= gone.revokeAsked;
  if (into.carriedAt === null) into.carriedAt = gone.carriedAt;
  for (const dispatch of gone.dispatches) dispatch.transmission = into;
  for (const display of gone.displays) display.transmission = into;
  into.dispatches = joined(into.dispatches, gone.dispatches);
  into.displays = joined(into.displays, gone.displays);
  into.received = joined(into.received, gone.received);
  into.notified = joined(into.notified, gone.notified);
  into.reads = joined(into.reads, gone.reads);
  into.refused = joined(into.refused, gone.refused);
  into.overheard = joined(into.overheard, gone.overheard);
  into.told = joined(into.told, gone.told);
  into.parts = withParts(into.parts, gone.parts);
  if (gone.offers !== null) into.offers = joined(into.offers ?? [], gone.offers);
}

/** Of two texts that were taken for one, by their numbers on the wire, the longer one's. */
export function withParts(some: Parts | null, more: Parts | null): Parts | null {
  if (some === null || more === null) return some ?? more;
  return {
    total: Math.max(some.total, more.total),
    unasked: [...new Set([...some.unasked, ...more.unasked])],
  };
}

function joined<T extends { readonly seq: number }>(a: T[], b: T[]): T[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  return [...a, ...b].sort((left, right) => left.seq - right.seq);
}
