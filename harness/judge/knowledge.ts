/**
 * known(c, t): what the implementation had been told of a channel before t, folded from the
 * meanings of answers and callbacks that had been handed to it. Stale but unexpired knowledge
 * excuses; expired or absent knowledge does not.
 */
import type { Meaning } from '../../simulators/kernel/events.ts';
import type { PersonPlan } from '../../simulators/kernel/plan.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import { CHANNELS } from '../../simulators/kernel/words.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import type { Way } from './truth.ts';

/** For how long something counted as not available, and by which event it was known. */
export interface Belief {
  from: number;
  until: number;
  /** Until when it was said to hold, whatever took it back since. */
  saidUntil: number;
  /** `unavailable` was said, not only `busy`. */
  readonly unavailable: boolean;
  /** seq of the answer or callback. */
  readonly seq: number;
}

type Scope = Meaning['scope'];

/** What a meaning speaks of: a person, a device, a carrier or another component. */
function placeOf(scope: Scope): string {
  if ('person' in scope) return scope.person;
  if ('device' in scope) return scope.device;
  if ('carrier' in scope) {
    return scope.carrier.startsWith('carrier/') ? scope.carrier : `carrier/${scope.carrier}`;
  }
  return scope.component;
}

/** Any channel that passes the component. */
const ANY = '*';

/** Of one place, by channel, oldest first. */
type Beliefs = Map<Channel | typeof ANY, Belief[]>;
/** By place; most places are never spoken of. */
type Places = Map<string, Beliefs>;

export class Knowledge {
  readonly #policy: Policy;
  readonly #beliefs: Places = new Map();
  /** Of components that took a request and left the sender without its answer. */
  readonly #doubts: Places = new Map();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** Folds one meaning that was handed over at `at`. `holds: message` is the caller's to keep. */
  learn(meaning: Meaning, at: number, seq: number): void {
    if (meaning.holds === 'message') return;
    const age =
      meaning.holds === 'capability-age' ? this.#policy.capabilityAgeMicros : meaning.holds;
    const place = placeOf(meaning.scope);
    if (meaning.says === 'available') {
      const known = this.#beliefs.get(place);
      if (known !== undefined) for (const channel of meaning.channels) cleared(known, channel, at);
      return;
    }
    const unavailable = meaning.says === 'unavailable';
    for (const channel of meaning.channels) {
      const until = at + age;
      add(this.#beliefs, place, channel, { from: at, until, saidUntil: until, unavailable, seq });
    }
  }

  /** No answer came from a component, or none came yet: meanwhile it counts as broken. */
  broke(component: string, from: number, until: number, seq: number): void {
    const told = { from, until, saidUntil: until, unavailable: false, seq };
    add(this.#beliefs, component, ANY, told);
  }

  /** The answer of a component was lost: it counts as broken, until `worked` says otherwise. */
  lost(component: string, from: number, until: number, seq: number): void {
    for (const channel of CHANNELS) {
      const told = { from, until, saidUntil: until, unavailable: false, seq };
      add(this.#doubts, component, channel, told);
    }
  }

  /**
   * A component took something on this channel that was sent after an answer of it was lost:
   * whoever goes on sending and is served has nothing to doubt.
   */
  worked(component: string, channel: Channel, askedAt: number, at: number): void {
    const last = this.#doubts.get(component)?.get(channel)?.at(-1);
    if (last === undefined || last.from > askedAt) return;
    last.until = Math.min(last.until, Math.max(last.from, at));
  }

  #about(place: string, channel: Channel | typeof ANY, at: number): Belief | undefined {
    return inForce(this.#beliefs.get(place)?.get(channel), at);
  }

  #doubted(component: string, channel: Channel, at: number): Belief | undefined {
    return inForce(this.#doubts.get(component)?.get(channel), at);
  }

  /** What was known of the person's own reachability on a channel (person or home carrier). */
  #ofPerson(person: PersonPlan, channel: Channel, at: number): Belief | undefined {
    return (
      this.#about(person.id, channel, at) ?? this.#about(`carrier/${person.carrier}`, channel, at)
    );
  }

  #ofWay(way: Way, channel: Channel, at: number): Belief | undefined {
    for (const component of way.components) {
      const found =
        this.#about(component, way.bearer, at) ??
        this.#about(component, channel, at) ??
        this.#about(component, ANY, at) ??
        this.#doubted(component, way.bearer, at) ??
        this.#doubted(component, channel, at);
      if (found !== undefined) return found;
    }
    let last: Belief | undefined;
    for (const device of way.devices) {
      last = this.#about(device, channel, at) ?? this.#about(device, way.bearer, at);
      if (last === undefined) return undefined;
    }
    return last;
  }

  /** The belief by which the channel counted as not available at `at`; undefined when none did. */
  against(
    person: PersonPlan,
    channel: Channel,
    ways: readonly Way[],
    at: number,
  ): Belief | undefined {
    const personal = this.#ofPerson(person, channel, at);
    if (personal !== undefined) return personal;
    let found: Belief | undefined;
    for (const way of ways) {
      found =
        this.#ofWay(way, channel, at) ??
        (way.bearer === channel ? undefined : this.#ofPerson(person, way.bearer, at));
      if (found === undefined) return undefined;
    }
    return found;
  }

  /** Times inside (from, to) at which the belief about a channel may have changed. */
  cuts(
    person: PersonPlan,
    channel: Channel,
    ways: readonly Way[],
    from: number,
    to: number,
  ): number[] {
    const concerned = new Set<readonly Belief[]>();
    const concerns = (place: string, word: Channel | typeof ANY): void => {
      for (const places of [this.#beliefs, this.#doubts]) {
        const beliefs = places.get(place)?.get(word);
        if (beliefs !== undefined) concerned.add(beliefs);
      }
    };
    const carrier = `carrier/${person.carrier}`;
    for (const word of [channel, ...ways.map(({ bearer }) => bearer)]) {
      concerns(person.id, word);
      concerns(carrier, word);
    }
    for (const way of ways) {
      for (const step of [...way.components, ...way.devices]) {
        for (const word of [way.bearer, channel, ANY] as const) concerns(step, word);
      }
    }
    const times: number[] = [];
    for (const belief of [...concerned].flat()) {
      if (belief.from > from && belief.from < to) times.push(belief.from);
      if (belief.until > from && belief.until < to) times.push(belief.until);
    }
    return times;
  }
}

function add(places: Places, place: string, channel: Channel | typeof ANY, told: Belief): void {
  let known = places.get(place);
  if (known === undefined) places.set(place, (known = new Map()));
  const beliefs = known.get(channel);
  const last = beliefs?.at(-1);
  if (beliefs === undefined || last === undefined) {
    known.set(channel, [told]);
    return;
  }
  if (told.from <= last.until && last.unavailable === told.unavailable) {
    last.from = Math.min(last.from, told.from);
    last.until = Math.max(last.until, told.until);
    last.saidUntil = Math.max(last.saidUntil, told.saidUntil);
    return;
  }
  last.until = Math.min(last.until, Math.max(told.from, last.from));
  beliefs.push(told);
}

function inForce(beliefs: readonly Belief[] | undefined, at: number): Belief | undefined {
  if (beliefs === undefined) return undefined;
  for (let index = beliefs.length - 1; index >= 0; index--) {
    const belief = beliefs[index];
    if (belief !== undefined && belief.from <= at) return at < belief.until ? belief : undefined;
  }
  return undefined;
}

function cleared(known: Beliefs, channel: Channel, at: number): void {
  const last = known.get(channel)?.at(-1);
  if (last !== undefined && last.until > at) last.until = Math.max(last.from, at);
}
