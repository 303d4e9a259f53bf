/**
 * known(c, t): what the implementation had been told of a channel before t, folded from the
 * meanings of answers and callbacks that had been handed to it. Stale but unexpired knowledge
 * excuses; expired or absent knowledge does not.
 */
import type { Meaning } from '../../simulators/kernel/events.ts';
import type { PersonPlan } from '../../simulators/kernel/plan.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import type { Way } from './truth.ts';

/** For how long something counted as not available, and by which event it was known. */
export interface Belief {
  from: number;
  until: number;
  /** `unavailable` was said, not only `busy`. */
  readonly unavailable: boolean;
  /** seq of the answer or callback. */
  readonly seq: number;
}

type Scope = Meaning['scope'];

function scopeKey(scope: Scope): string {
  if ('person' in scope) return scope.person;
  if ('device' in scope) return scope.device;
  if ('carrier' in scope) {
    return scope.carrier.startsWith('carrier/') ? scope.carrier : `carrier/${scope.carrier}`;
  }
  return scope.component;
}

/** Any channel that passes the component. */
const ANY = '*';

export class Knowledge {
  readonly #policy: Policy;
  readonly #beliefs = new Map<string, Belief[]>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** Folds one meaning that was handed over at `at`. `holds: message` is the caller's to keep. */
  learn(meaning: Meaning, at: number, seq: number): void {
    if (meaning.holds === 'message') return;
    const age =
      meaning.holds === 'capability-age' ? this.#policy.capabilityAgeMicros : meaning.holds;
    const key = scopeKey(meaning.scope);
    for (const channel of meaning.channels) {
      if (meaning.says === 'available') this.#cleared(`${channel}|${key}`, at);
      else this.#told(`${channel}|${key}`, at, at + age, meaning.says === 'unavailable', seq);
    }
  }

  /** No answer came from a component, or none came yet: meanwhile it counts as broken. */
  broke(component: string, from: number, until: number, seq: number): void {
    this.#told(`${ANY}|${component}`, from, until, false, seq);
  }

  #told(key: string, from: number, until: number, unavailable: boolean, seq: number): void {
    const beliefs = this.#beliefs.get(key);
    const last = beliefs?.at(-1);
    if (beliefs === undefined || last === undefined) {
      this.#beliefs.set(key, [{ from, until, unavailable, seq }]);
      return;
    }
    if (from <= last.until && last.unavailable === unavailable) {
      last.from = Math.min(last.from, from);
      last.until = Math.max(last.until, until);
      return;
    }
    last.until = Math.min(last.until, Math.max(from, last.from));
    beliefs.push({ from, until, unavailable, seq });
  }

  #cleared(key: string, at: number): void {
    const last = this.#beliefs.get(key)?.at(-1);
    if (last !== undefined && last.until > at) last.until = Math.max(last.from, at);
  }

  #about(key: string, at: number): Belief | undefined {
    const beliefs = this.#beliefs.get(key);
    if (beliefs === undefined) return undefined;
    for (let index = beliefs.length - 1; index >= 0; index--) {
      const belief = beliefs[index];
      if (belief !== undefined && belief.from <= at) return at < belief.until ? belief : undefined;
    }
    return undefined;
  }

  /** What was known of the person's own reachability on a channel (person or home carrier). */
  #ofPerson(person: PersonPlan, channel: Channel, at: number): Belief | undefined {
    return (
      this.#about(`${channel}|${person.id}`, at) ??
      this.#about(`${channel}|carrier/${person.carrier}`, at)
    );
  }

  #ofWay(way: Way, channel: Channel, at: number): Belief | undefined {
    for (const component of way.components) {
      const found =
        this.#about(`${way.bearer}|${component}`, at) ??
        this.#about(`${channel}|${component}`, at) ??
        this.#about(`${ANY}|${component}`, at);
      if (found !== undefined) return found;
    }
    let last: Belief | undefined;
    for (const device of way.devices) {
      last = this.#about(`${channel}|${device}`, at) ?? this.#about(`${way.bearer}|${device}`, at);
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
    const keys = new Set([`${channel}|${person.id}`, `${channel}|carrier/${person.carrier}`]);
    for (const way of ways) {
      keys.add(`${way.bearer}|${person.id}`).add(`${way.bearer}|carrier/${person.carrier}`);
      for (const step of [...way.components, ...way.devices]) {
        keys.add(`${way.bearer}|${step}`).add(`${channel}|${step}`).add(`${ANY}|${step}`);
      }
    }
    const times: number[] = [];
    for (const key of keys) {
      for (const belief of this.#beliefs.get(key) ?? []) {
        if (belief.from > from && belief.from < to) times.push(belief.from);
        if (belief.until > from && belief.until < to) times.push(belief.until);
      }
    }
    return times;
  }
}
