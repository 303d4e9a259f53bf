/** What faults do to the store's objects, besides what they do to any door. */
import type { FaultLedger, Lift, Verb } from '../kernel/target.ts';
import type { Conditions } from '../network/conditions.ts';

type Damage = 'corrupt' | 'oversize' | 'missing';

interface Active {
  readonly damage: Damage;
  readonly ledger: FaultLedger;
  /** For `oversize`. */
  readonly bytes: number;
}

/** An object about to be served. */
export interface Serving {
  readonly object: string;
  readonly thumbnail: boolean;
  readonly message: string | undefined;
  readonly bytes: Uint8Array;
}

export interface StoreFaults {
  readonly verbs: Readonly<Record<string, Verb>>;
  /** The bytes that go out; undefined when there is no such object now. */
  serve(serving: Serving): Uint8Array | undefined;
  /** URLs signed before an expiry that was brought forward no longer work. */
  hasExpired(fromMillis: number, message: string | undefined): boolean;
}

function corrupted(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const middle = copy.length >> 1;
  if (copy.length > 0) copy[middle] = (copy[middle] ?? 0) ^ 0xff;
  return copy;
}

const DID: Readonly<Record<Damage, string>> = {
  corrupt: 'served it with a byte changed',
  oversize: 'served more bytes than were stored',
  missing: 'said that there is no such thumbnail',
};

export function createStoreFaults(conditions: Conditions, nowMillis: () => number): StoreFaults {
  const active = new Set<Active>();
  /** Since when, and whose. */
  const cuts = new Set<{ readonly atMillis: number; readonly ledger: FaultLedger }>();

  const damage =
    (kind: Damage, why: string): Verb =>
    ({ params, ledger }): Lift => {
      const bytes = typeof params['bytes'] === 'number' ? params['bytes'] : 0;
      const one: Active = { damage: kind, ledger, bytes };
      active.add(one);
      // A missing preview takes nothing from the file.
      const lift = kind === 'missing' ? undefined : conditions.impose('degraded', why, ledger);
      return () => {
        active.delete(one);
        lift?.();
      };
    };

  const apply = (one: Active, serving: Serving, bytes: Uint8Array): Uint8Array | undefined => {
    if (one.damage === 'missing' && !serving.thumbnail) return bytes;
    if (!one.ledger.hits(serving.message)) return bytes;
    one.ledger.touched(DID[one.damage], serving.message);
    if (one.damage === 'missing') return undefined;
    if (one.damage === 'corrupt') return corrupted(bytes);
    return Buffer.concat([bytes, new Uint8Array(one.bytes)]);
  };

  return {
    verbs: {
      'cdn-outage': (call) => conditions.verbs['outage']!(call),
      flap: (call) => conditions.verbs['flap']!(call),
      latency: (call) => conditions.verbs['latency']!(call),
      bandwidth: (call) => conditions.verbs['bandwidth']!(call),
      'slow-body': (call) => conditions.verbs['slow-body']!(call),
      throttle: (call) => conditions.verbs['throttle']!(call),
      'corrupt-object': damage('corrupt', 'corrupt-object'),
      oversize: damage('oversize', 'oversize'),
      'thumbnail-missing': damage('missing', 'thumbnail-missing'),
      'expired-url': ({ ledger }) => {
        const cut = { atMillis: nowMillis(), ledger };
        cuts.add(cut);
        return () => {
          cuts.delete(cut);
        };
      },
    },
    serve: (serving) => {
      let bytes: Uint8Array | undefined = serving.bytes;
      for (const one of active) {
        if (bytes !== undefined) bytes = apply(one, serving, bytes);
      }
      return bytes;
    },
    hasExpired: (fromMillis, message) => {
      for (const { atMillis, ledger } of cuts) {
        // Dates in URLs are whole seconds: what was signed in the same second is new enough.
        if (fromMillis >= Math.floor(atMillis / 1_000) * 1_000 || !ledger.hits(message)) continue;
        ledger.touched('called the URL expired', message);
        return true;
      }
      return false;
    },
  };
}
