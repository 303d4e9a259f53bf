import type { CarrierPlan } from '../kernel/plan.ts';
import type { BearerMessage, Directory, Handset, Subscriber } from '../network/bearer.ts';

/** What phones registered with the core (RCC.07 §2.4), read when asked; nothing is kept here. */
export interface Registrations {
  /** The person's capabilities as last registered; undefined without any RCS device. */
  of(person: string): { readonly e2ee: boolean } | undefined;
  /** Devices that this message is for: named, RCS, and able to read MLS where it is MLS. */
  devicesFor(message: BearerMessage, subscriber: Subscriber | undefined): readonly Handset[];
  /** Removed devices that still hear later ciphertexts, so that a leak would show. */
  removedOf(message: BearerMessage): readonly Handset[];
}

const NOBODY: readonly Handset[] = Object.freeze([]);
const READABLE = Object.freeze({ e2ee: false });
const ENCRYPTED = Object.freeze({ e2ee: true });

export function createRegistrations(carrier: CarrierPlan, directory: Directory): Registrations {
  const registered = (subscriber: Subscriber | undefined): readonly Handset[] =>
    carrier.rcs ? (subscriber?.handsets ?? NOBODY) : NOBODY;
  const handsetsOf = (person: string): readonly Handset[] => registered(directory.byId(person));
  const isFor = (handset: Handset, { content, devices }: BearerMessage): boolean => {
    if (handset.revoked || devices?.includes(handset.plan.id) === false) return false;
    const features = handset.features();
    return features.rcs && (content.kind !== 'mls' || (features.e2ee && carrier.e2ee));
  };
  return {
    of: (person) => {
      let rcs = false;
      for (const handset of handsetsOf(person)) {
        if (handset.revoked) continue;
        const features = handset.features();
        if (features.rcs && features.e2ee && carrier.e2ee) return ENCRYPTED;
        rcs ||= features.rcs;
      }
      return rcs ? READABLE : undefined;
    },
    devicesFor: (message, subscriber) => {
      const all = registered(subscriber);
      // Nearly always every one: then no list is made.
      for (const handset of all) {
        if (!isFor(handset, message)) return all.filter((each) => isFor(each, message));
      }
      return all;
    },
    removedOf: (message) =>
      message.content.kind === 'mls'
        ? handsetsOf(message.person).filter((handset) => handset.revoked)
        : NOBODY,
  };
}
