import type { ModuleClock, ModuleStore } from 'bellwether/module';
import type { Channel } from '../message.ts';
import type { Person } from '../people.ts';
import type { Belief, Beliefs } from './next-step.ts';

/** Services whose trouble is everybody's trouble. */
export type Service = 'rbm' | 'sessions' | 'apns' | 'fcm' | 'smpp';

interface Capability {
  readonly rcs: boolean;
  readonly e2ee: boolean;
  readonly learnedAtMs: number;
}

/**
 * What the notifier may assume: per service (a circuit that is open until a time) and per person
 * (capabilities, as old as the policy allows). It survives a restart; nothing here is a secret.
 */
export interface Knowledge {
  about(person: Person): Beliefs;
  /** The service asked for time, or is broken: leave it alone until then. */
  serviceBusy(service: Service, untilMs: number): void;
  /** It is back, before the time that was assumed. */
  serviceWell(service: Service): void;
  busyUntilMs(service: Service): number;
  /** It took something just now. */
  serviceAnswered(service: Service): void;
  /** Something else, while what was asked then was not. */
  hasAnsweredSince(service: Service, askedAtMs: number): boolean;
  learned(person: string, capability: { readonly rcs: boolean; readonly e2ee: boolean }): void;
  /** Nobody there to encrypt to, although the carrier said so. */
  withoutE2ee(person: string): void;
  /** A device has registered keys. */
  withE2ee(person: string): void;
}

export interface KnowledgeDeps {
  readonly clock: ModuleClock;
  readonly store: ModuleStore;
  readonly capabilityAgeMs: number;
  /** What is configured at all. */
  readonly services: ReadonlySet<Service>;
}

const AVAILABLE: Belief = { says: 'available', untilMs: 0 };

export function createKnowledge({
  clock,
  store,
  capabilityAgeMs,
  services,
}: KnowledgeDeps): Knowledge {
  /** A restart forgets it, and with it all that was asked before. */
  const answeredAtMs = new Map<Service, number>();
  const busyUntilMs = (service: Service): number => {
    const until = store.get(`busy/${service}`);
    return typeof until === 'number' ? until : 0;
  };
  const service = (name: Service): Belief => {
    const untilMs = busyUntilMs(name);
    return untilMs > clock.epochMillis() ? { says: 'busy', untilMs } : AVAILABLE;
  };
  const capabilityOf = (person: string): Capability | undefined => {
    const known = store.get(`capability/${person}`) as Capability | undefined;
    const fresh = known !== undefined && known.learnedAtMs + capabilityAgeMs > clock.epochMillis();
    return fresh ? known : undefined;
  };
  const rcs = (person: string, feature: 'rcs' | 'e2ee'): Belief => {
    const gateway = service('rbm');
    const known = capabilityOf(person);
    if (known !== undefined && !known[feature]) {
      return { says: 'unavailable', untilMs: known.learnedAtMs + capabilityAgeMs };
    }
    if (gateway.says === 'busy') return gateway;
    return known === undefined ? { says: 'unknown', untilMs: 0 } : AVAILABLE;
  };
  /** A session is its own question: until a gateway says otherwise there is one to be had. */
  const session = (person: string): Belief => {
    const known = capabilityOf(person);
    if (known === undefined || known.e2ee) return service('sessions');
    return { says: 'unavailable', untilMs: known.learnedAtMs + capabilityAgeMs };
  };
  const push = (person: Person): Belief => {
    const reachable = person.devices.filter(
      ({ pushToken, provider }) => pushToken !== null && services.has(provider),
    );
    if (reachable.length === 0) return { says: 'unavailable', untilMs: Number.POSITIVE_INFINITY };
    return firstReady(reachable.map(({ provider }) => service(provider)));
  };
  const learned: Knowledge['learned'] = (person, capability) => {
    store.set(`capability/${person}`, { ...capability, learnedAtMs: clock.epochMillis() });
  };
  return {
    busyUntilMs,
    serviceBusy: (name, untilMs) => {
      if (untilMs > busyUntilMs(name)) store.set(`busy/${name}`, untilMs);
    },
    serviceWell: (name) => {
      if (busyUntilMs(name) > 0) store.delete(`busy/${name}`);
    },
    serviceAnswered: (name) => {
      answeredAtMs.set(name, clock.epochMillis());
    },
    hasAnsweredSince: (name, askedAtMs) => (answeredAtMs.get(name) ?? 0) > askedAtMs,
    learned,
    withoutE2ee: (person) =>
      learned(person, { rcs: capabilityOf(person)?.rcs ?? true, e2ee: false }),
    withE2ee: (person) => learned(person, { rcs: true, e2ee: true }),
    about: (person) => {
      const beliefs: Partial<Record<Channel, Belief>> = {};
      const bearers: Belief[] = [];
      if (services.has('apns') || services.has('fcm')) beliefs['app-push'] = push(person);
      if (services.has('smpp')) bearers.push((beliefs.sms = service('smpp')));
      const encrypted: Belief[] = [];
      if (services.has('rbm')) {
        encrypted.push(rcs(person.id, 'e2ee'));
        bearers.push((beliefs.rcs = rcs(person.id, 'rcs')));
      }
      if (services.has('sessions')) encrypted.push(session(person.id));
      if (encrypted.length > 0) beliefs['rcs-e2ee'] = firstReady(encrypted);
      if (bearers.length > 0) beliefs['secure-link'] = firstReady(bearers);
      return beliefs;
    },
  };
}

/** The best of several ways, in their order. */
function firstReady(beliefs: readonly Belief[]): Belief {
  const open = beliefs.find(({ says }) => says === 'available' || says === 'unknown');
  if (open !== undefined) return open;
  const soonest = Math.min(...beliefs.map(({ untilMs }) => untilMs));
  return (
    beliefs.find(({ untilMs }) => untilMs === soonest) ?? { says: 'unavailable', untilMs: soonest }
  );
}
