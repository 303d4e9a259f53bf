/**
 * The last word on which message each transmission is, once all events are known. What the fold
 * knows comes first (canary, linked wires, ids that the implementation told). Then an id that two
 * transmissions share: an implementation names a message to its own app, in a link or on the wire,
 * and one of them was seen open. Then the recipient's only message under way. What is left may be
 * one of several; it is never guessed.
 */
import type { Attribution } from './attribution.ts';
import type { MessageRecord, Transmission } from './records.ts';
import { arrivalTold } from './told-arrival.ts';

export interface Resolution {
  /** Transmissions by the message that they certainly are. */
  readonly owned: ReadonlyMap<MessageRecord, Transmission[]>;
  /**
   * What may be this message's and may be another's; transmissions that are of one message,
   * whichever it is, stand together.
   */
  readonly maybe: ReadonlyMap<MessageRecord, Transmission[][]>;
  readonly unattributed: number;
  /** Roots only. */
  readonly messageOf: (transmission: Transmission) => MessageRecord | null;
}

/** Shorter ids may well be equal by chance (counters). */
const SHORTEST_TOKEN = 8;

/** Ids on the wire and in the payload that may stand in other transmissions too. */
function tokensOf({ echoed, wire, dispatches }: Transmission): string[] {
  const wires = [wire, ...dispatches.map((dispatch) => dispatch.wire)];
  const ids = wires.map((each) => each?.slice(each.indexOf(':') + 1) ?? '');
  return [echoed ?? '', ...ids].filter((token) => token.length >= SHORTEST_TOKEN);
}

/** When the implementation knew the message to be over: it sends no more of it. */
function settledAt(record: MessageRecord, owned: readonly Transmission[]): number {
  const times = owned.map((each) => arrivalTold(each, 'claim', () => true)?.at ?? Infinity);
  return Math.min(record.settledAt ?? Infinity, ...times);
}

class Resolver {
  readonly owned = new Map<MessageRecord, Transmission[]>();
  readonly maybe = new Map<MessageRecord, Transmission[][]>();
  readonly found = new Map<Transmission, MessageRecord>();
  readonly #attribution: Attribution;
  #open: Transmission[] = [];

  constructor(attribution: Attribution) {
    this.#attribution = attribution;
    for (const transmission of attribution.all) {
      if (transmission.mergedInto !== null || transmission.control) continue;
      const record = attribution.messageOf(transmission);
      if (record !== null) this.#own(record, transmission);
      else if (transmission.dispatches.length > 0) this.#open.push(transmission);
    }
    if (this.#open.length === 0) return;
    this.#byTokens();
    this.#byElimination();
  }

  get unattributed(): number {
    return this.#open.length;
  }

  #own(record: MessageRecord, transmission: Transmission): void {
    const known = this.owned.get(record);
    if (known === undefined) this.owned.set(record, [transmission]);
    else known.push(transmission);
  }

  #settle(transmission: Transmission, record: MessageRecord): void {
    this.found.set(transmission, record);
    this.#own(record, transmission);
  }

  /** A token that stands for two messages names neither. */
  #byTokens(): void {
    const names = new Map<string, MessageRecord | null>();
    const learn = (transmission: Transmission, record: MessageRecord): void => {
      for (const token of tokensOf(transmission)) {
        const known = names.get(token);
        names.set(token, known === undefined || known === record ? record : null);
      }
    };
    for (const [record, transmissions] of this.owned) {
      for (const transmission of transmissions) learn(transmission, record);
    }
    for (;;) {
      const left: Transmission[] = [];
      for (const transmission of this.#open) {
        const named = new Set(
          tokensOf(transmission)
            .map((token) => names.get(token) ?? null)
            .filter((record) => record !== null && record.person.id === transmission.person),
        );
        const [record] = named;
        if (named.size !== 1 || record === undefined || record === null) left.push(transmission);
        else {
          this.#settle(transmission, record);
          learn(transmission, record);
        }
      }
      const stuck = left.length === this.#open.length;
      this.#open = left;
      if (stuck) return;
    }
  }

  #byElimination(): void {
    const people = new Set(this.#open.map(({ person }) => person));
    const messages = new Map<string, { record: MessageRecord; settled: number }[]>();
    for (const record of this.#attribution.messages.values()) {
      const { id } = record.person;
      if (record.submitted === null || record.from !== null || !people.has(id)) continue;
      const settled = settledAt(record, this.owned.get(record) ?? []);
      const known = messages.get(id);
      if (known === undefined) messages.set(id, [{ record, settled }]);
      else known.push({ record, settled });
    }
    const left: Transmission[] = [];
    for (const bundle of this.#bundles()) {
      const [first] = bundle;
      const at = first?.dispatches[0]?.at ?? 0;
      const before = (messages.get(first?.person ?? '') ?? []).filter(
        ({ record }) => (record.submitted?.at ?? Infinity) <= at,
      );
      const underWay = before.filter(({ settled }) => settled >= at);
      const candidates = underWay.length > 0 ? underWay : before;
      const [only] = candidates;
      if (candidates.length === 1 && only !== undefined) {
        for (const transmission of bundle) this.#settle(transmission, only.record);
        continue;
      }
      left.push(...bundle);
      for (const { record } of candidates) {
        const known = this.maybe.get(record);
        if (known === undefined) this.maybe.set(record, [bundle]);
        else known.push(bundle);
      }
    }
    this.#open = left;
  }

  /** Transmissions to one person that share an id are of one message. */
  #bundles(): Transmission[][] {
    const bundles: Transmission[][] = [];
    const byToken = new Map<string, Transmission[]>();
    for (const transmission of this.#open) {
      const tokens = tokensOf(transmission).map((token) => `${transmission.person} ${token}`);
      const known = tokens.map((token) => byToken.get(token)).find((each) => each !== undefined);
      const bundle = known ?? [];
      if (known === undefined) bundles.push(bundle);
      bundle.push(transmission);
      for (const token of tokens) byToken.set(token, bundle);
    }
    return bundles;
  }
}

/** Works on what is known now; asked again after more events it may know more. */
export function resolve(attribution: Attribution): Resolution {
  const resolver = new Resolver(attribution);
  const { owned, maybe, found, unattributed } = resolver;
  return {
    owned,
    maybe,
    unattributed,
    messageOf: (transmission) =>
      attribution.messageOf(transmission) ?? found.get(transmission) ?? null,
  };
}
