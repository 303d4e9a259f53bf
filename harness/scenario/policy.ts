/** A policy document over its base → the policy that a cell carries. */
import type { Policy } from '../../simulators/kernel/policy.ts';
import { OBSERVERS, SENSITIVITIES } from '../../simulators/kernel/words.ts';
import type { Channel, Observer, Sensitivity } from '../../simulators/kernel/words.ts';
import type { PolicyDoc } from './schema.ts';

type PerClass<T> = Record<Sensitivity, T>;
type Seen = readonly (Channel | 'any')[];

function perClass<T>(value: (sensitivity: Sensitivity) => T): PerClass<T> {
  return { low: value('low'), medium: value('medium'), high: value('high') };
}

/** Nothing allowed, nothing preferred: the ground that `default` is laid on. */
const NOTHING: Policy = {
  name: 'nothing',
  preference: [],
  allowed: perClass(() => []),
  disclosure: { text: '', on: perClass(() => []) },
  attemptTimeoutMicros: {},
  capabilityAgeMicros: 0,
  gatewayBackOffMicros: 0,
  deadlineMicros: perClass(() => 0),
  toleranceMicros: 0,
  grace: { revocationMicros: 0, keyRecoveryMicros: 0 },
  duplicates: 'not-allowed',
  archive: 'never',
  observers: Object.fromEntries(
    OBSERVERS.map((observer) => [observer, perClass((): Seen => [])]),
  ) as Record<Observer, PerClass<Seen>>,
  relaxations: [],
};

/** Cells of the observer table in which `next` shows more than `base`, in words. */
function relaxations(base: Policy, next: Policy): string[] {
  const found: string[] = [];
  for (const observer of OBSERVERS) {
    for (const sensitivity of SENSITIVITIES) {
      const before = base.observers[observer][sensitivity];
      const more = next.observers[observer][sensitivity].filter(
        (channel) => !before.includes(channel) && !before.includes('any'),
      );
      if (more.length > 0) found.push(`${observer} may see ${sensitivity} on ${more.join(', ')}`);
    }
  }
  for (const sensitivity of SENSITIVITIES) {
    const more = next.allowed[sensitivity].filter((c) => !base.allowed[sensitivity].includes(c));
    if (more.length > 0) found.push(`${sensitivity} may travel on ${more.join(', ')}`);
  }
  const shown = next.archiveMetadata?.filter((one) => !base.archiveMetadata?.includes(one)) ?? [];
  if (shown.length > 0) found.push(`archives may show ${shown.join(', ')}`);
  return found;
}

function attachmentUrl(base: Policy, doc: PolicyDoc): Pick<Policy, 'attachmentUrlMicros'> {
  const attachmentUrlMicros = doc['attachment-url'] ?? base.attachmentUrlMicros;
  return attachmentUrlMicros === undefined ? {} : { attachmentUrlMicros };
}

function archiveMetadata(base: Policy, doc: PolicyDoc): Pick<Policy, 'archiveMetadata'> {
  const named = doc['archive-metadata'] ?? base.archiveMetadata;
  return named === undefined ? {} : { archiveMetadata: named };
}

/** Lays a document over a base; what it leaves out stays. Relaxations against it are remembered. */
export function overlayPolicy(base: Policy, doc: PolicyDoc, name: string): Policy {
  const next: Policy = {
    name: doc.name ?? name,
    preference: doc.preference ?? base.preference,
    allowed: perClass((s) => doc.allowed?.[s] ?? base.allowed[s]),
    disclosure: {
      text: doc.disclosure?.text ?? base.disclosure.text,
      on: perClass((s) => doc.disclosure?.on?.[s] ?? base.disclosure.on[s]),
    },
    attemptTimeoutMicros: { ...base.attemptTimeoutMicros, ...doc['attempt-timeouts'] },
    capabilityAgeMicros: doc['capability-age'] ?? base.capabilityAgeMicros,
    gatewayBackOffMicros: doc['gateway-back-off'] ?? base.gatewayBackOffMicros,
    deadlineMicros: perClass((s) => doc.deadlines?.[s] ?? base.deadlineMicros[s]),
    toleranceMicros: doc.tolerance ?? base.toleranceMicros,
    grace: {
      revocationMicros: doc.grace?.revocation ?? base.grace.revocationMicros,
      keyRecoveryMicros: doc.grace?.['key-recovery'] ?? base.grace.keyRecoveryMicros,
    },
    ...attachmentUrl(base, doc),
    duplicates: doc.duplicates ?? base.duplicates,
    archive: doc.archive ?? base.archive,
    ...archiveMetadata(base, doc),
    observers: Object.fromEntries(
      OBSERVERS.map((observer) => [
        observer,
        perClass((s): Seen => doc.observers?.[observer]?.[s] ?? base.observers[observer][s]),
      ]),
    ) as Record<Observer, PerClass<Seen>>,
    relaxations: base.relaxations,
  };
  if (base === NOTHING) return next;
  return { ...next, relaxations: [...base.relaxations, ...relaxations(base, next)] };
}

/** The first policy of a chain. */
export function rootPolicy(doc: PolicyDoc, name: string): Policy {
  return overlayPolicy(NOTHING, doc, name);
}
