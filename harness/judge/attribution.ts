/**
 * Which message is it? By canary or by what the simulator knew; else by the chain of linked wires;
 * else by an id echoed on the wire; else the recipient's only message under way; else nobody's.
 */
import { emptyTransmission } from './records.ts';
import type { MessageRecord, Transmission } from './records.ts';

/** A person's messages under way; `fresh` are those of which no copy has left yet. */
interface UnderWay {
  readonly all: Set<MessageRecord>;
  readonly fresh: Set<MessageRecord>;
}

function onlyOne(records: ReadonlySet<MessageRecord>): MessageRecord | null {
  if (records.size !== 1) return null;
  const [only] = records;
  return only ?? null;
}

export class Attribution {
  readonly messages = new Map<string, MessageRecord>();
  /** Every transmission ever made; those merged into another point to it. */
  readonly all: Transmission[] = [];
  readonly #byCanary = new Map<string, MessageRecord>();
  readonly #byImplementationId = new Map<string, MessageRecord>();
  readonly #byWire = new Map<string, Transmission>();
  readonly #open = new Map<string, UnderWay>();
  /** Links between transmissions of two different messages: never followed. */
  conflicts = 0;

  intended(record: MessageRecord): void {
    this.messages.set(record.id, record);
    this.#byCanary.set(record.canary, record);
  }

  opened(record: MessageRecord): void {
    record.open = true;
    const { id } = record.person;
    const under = this.#open.get(id) ?? { all: new Set(), fresh: new Set() };
    this.#open.set(id, under);
    under.all.add(record);
    if (!record.dispatched) under.fresh.add(record);
  }

  closed(record: MessageRecord): void {
    if (!record.open) return;
    record.open = false;
    const under = this.#open.get(record.person.id);
    under?.all.delete(record);
    under?.fresh.delete(record);
    if (under?.all.size === 0) this.#open.delete(record.person.id);
  }

  #left(record: MessageRecord): void {
    record.dispatched = true;
    this.#open.get(record.person.id)?.fresh.delete(record);
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

  belongs(transmission: Transmission, record: MessageRecord | undefined): void {
    if (record === undefined) return;
    if (transmission.message === null) transmission.message = record;
    else if (transmission.message !== record) this.conflicts++;
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

  /**
   * At a dispatch without open content: the only message of the recipient that is under way, or
   * the only one of them that has not left yet. What is learned later overrules it.
   */
  guess(transmission: Transmission, person: string): void {
    transmission.person = person;
    const known = this.messageOf(transmission);
    if (known !== null) this.#left(known);
    const under = this.#open.get(person);
    if (known !== null || transmission.candidates > 0 || under === undefined) return;
    const only = onlyOne(under.fresh) ?? onlyOne(under.all);
    if (only === null) transmission.candidates = under.all.size;
    else {
      transmission.guess = only;
      this.#left(only);
    }
  }

  /** The final answer, once all events are known. */
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
    return transmission.guess;
  }
}

function merge(into: Transmission, gone: Transmission): void {
  gone.mergedInto = into;
  into.message ??= gone.message;
  into.echoed ??= gone.echoed;
  into.guess ??= gone.guess;
  into.candidates = Math.max(into.candidates, gone.candidates);
  into.person ??= gone.person;
  into.control ||= gone.control;
  into.linkOpened ??= gone.linkOpened;
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
  if (gone.offers !== null) into.offers = joined(into.offers ?? [], gone.offers);
}

function joined<T extends { readonly seq: number }>(a: T[], b: T[]): T[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  return [...a, ...b].sort((left, right) => left.seq - right.seq);
}
