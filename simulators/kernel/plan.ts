/**
 * The plan: a scenario fully expanded, with every default filled in and every reference resolved.
 * JSON, ordered, hashed. Runs, judges, shards and replays refer to it, never to the YAML. A cell =
 * one combination of the matrix × one seed. All times are integer microseconds.
 */
import type { Policy } from './policy.ts';
import type { Channel, Level, Sensitivity, StandbyBucket } from './words.ts';

export interface Plan {
  readonly bellwether: 1;
  /** sha256 hex over the canonical JSON of `cells`. */
  readonly hash: string;
  readonly cells: readonly Cell[];
}

export interface Cell {
  /** `gate/rcs-outage-high-sensitivity [platform=android-16, e2ee=on] #42` */
  readonly id: string;
  readonly suite: string;
  readonly scenario: string;
  /** Relative to where the run was started; for people, never read again. */
  readonly file: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly level: Level;
  readonly clauses: readonly string[];
  /**
   * Claims that must be there: `channel/rcs-e2ee`, `gateway/rbm`, `sms/smpp`, `push/apns`,
   * `idempotency`.
   */
  readonly requires: readonly string[];
  readonly seed: number;
  readonly clock: 'auto' | 'virtual' | 'wall';
  readonly durationMicros: number;
  readonly matrix: Readonly<Record<string, string>>;
  /** What no real device offers yet, in words: `ios-26.3 with end-to-end encryption`. */
  readonly hypothetical: readonly string[];
  /** No implementation takes part: messages go between simulated devices only. */
  readonly worldCheck: boolean;
  readonly world: WorldPlan;
  readonly policy: Policy;
  readonly traffic: readonly TrafficPlan[];
  readonly faults: readonly FaultPlan[];
  readonly heal: { readonly waitMicros: number };
  readonly expect: readonly Expectation[];
  readonly ignore: readonly { readonly rule: string; readonly reason: string }[];
  /** The world's own delays run so many times as fast as its profiles say; absent = 1. */
  readonly speed?: number;
  readonly allow?: {
    readonly passRate: number;
    readonly confidence: number;
    readonly atMostRuns: number;
  };
}

export interface WorldPlan {
  readonly carriers: readonly CarrierPlan[];
  /** Names of gateway personalities; the first serves by default. */
  readonly gateways: readonly string[];
  /** What those bring that bring something else than RCS, open and encrypted. */
  readonly gatewayChannels?: Readonly<Record<string, readonly Channel[]>>;
  /** Those that hold the keys of what they encrypt, and so can read it. */
  readonly gatewaysReading?: readonly string[];
  /** Whose SMS centre the implementation is connected to; null = no SMS. */
  readonly sms: { readonly via: string } | null;
  readonly push: readonly ('apns' | 'fcm')[];
  /** Apple's message service is there, between iPhones. */
  readonly imessage?: true;
  /** There is a store for files that go with messages. */
  readonly attachments?: true;
  readonly people: readonly PersonPlan[];
  /** Crowds stay compact; `peopleOf` expands them the same way everywhere. */
  readonly population: PopulationPlan | null;
}

export interface CarrierPlan {
  readonly name: string;
  readonly region: string;
  readonly rcs: boolean;
  readonly e2ee: boolean;
  readonly sms: boolean;
  /** One-way delays of its cores, µs: uniform between the two. */
  readonly delayMicros: {
    readonly rcs: readonly [number, number];
    readonly sms: readonly [number, number];
  };
  /** Submissions an SMS session may make a second before ESME_RTHROTTLED; null = no limit. */
  readonly smsPerSecond: number | null;
  readonly smsQueueLimit: number | null;
  /** Longest a message waits for an offline phone. */
  readonly storeMicros: number;
  /** Its MMS centre, where people write to each other; absent: it has none. */
  readonly mms?: MmsPlan;
  /** Where its SMS centre speaks SMPP in its own way; absent: as most do, without limits. */
  readonly smpp?: SmppPlan;
}

/** A carrier's MMS centre. */
export interface MmsPlan {
  /** Largest m-send.req that it takes, octets. */
  readonly maxBytes: number;
  /** One way through it, µs: uniform between the two. */
  readonly delayMicros: readonly [number, number];
}

/** What differs between SMS centres; each absent or null: no such limit, the usual form. */
export interface SmppPlan {
  /** How submit_sm_resp writes message ids. Default decimal. */
  readonly ids?: 'decimal' | 'hex';
  /** How receipts write the same ids. Default decimal. */
  readonly receiptIds?: 'decimal' | 'hex';
  /** Do receipts name the message in optional parameters too? Default true. */
  readonly receiptParameters?: boolean;
  /** Notices of messages still under way: when asked for, or with every receipt asked for. */
  readonly interim?: 'asked' | 'always';
  /** Submissions without an answer on one session; more get ESME_RTHROTTLED. */
  readonly window?: number | null;
  /** Bound sessions at one time; one more gets ESME_RBINDFAIL. */
  readonly binds?: number | null;
  /** How long a connection may stay without a bind. */
  readonly sessionInitMicros?: number | null;
  /** After so long without any request, the centre unbinds. */
  readonly inactivityMicros?: number | null;
  /** After so long without anything from the ESME, the centre asks with enquire_link. */
  readonly enquireLinkMicros?: number | null;
}

export interface PersonPlan {
  /** `ana`; `population/17` */
  readonly id: string;
  readonly name: string;
  /** E.164 with plus sign. */
  readonly msisdn: string;
  readonly locale: string;
  readonly carrier: string;
  readonly consent: { readonly archive: boolean };
  /** The id under which an implementation knows them, where that is another. */
  readonly account?: string;
  readonly readReceipts: boolean;
  /** People who are not told what this one has read of theirs. */
  readonly noReceiptsTo?: readonly string[];
  /** The person's own delay before reading, µs. */
  readonly readDelayMicros: readonly [number, number];
  readonly devices: readonly DevicePlan[];
  /** The scenario's own word on encryption; absent: as software and carrier have it. */
  readonly e2eeSwitch?: 'on' | 'off';
}

export interface DevicePlan {
  /** `1`, `2` …; its target is `person/<id>/device/<n>`. The first one holds the SIM (gets SMS). */
  readonly id: string;
  readonly profile: string;
  readonly platform: 'android' | 'ios';
  readonly osVersion: string;
  readonly rcs: boolean;
  /** Resolved: profile, person and carrier together. */
  readonly e2ee: boolean;
  readonly app: boolean;
  readonly online: boolean;
  /** The person's next phone: in nobody's hands until they switch to it, and not online. */
  readonly spare?: true;
  readonly power: 'normal' | 'low';
  readonly push: {
    readonly provider: 'apns' | 'fcm';
    /** How long the extension or the background task may take. */
    readonly extensionMicros: number;
    readonly backgroundPerHour: number;
    readonly delayMicros: readonly [number, number];
    /** What the extension may use before it is killed; absent: not limited. */
    readonly extensionBytes?: number;
    /** Background pushes an hour without the `messaging` entitlement; absent: it knows none. */
    readonly unentitledPerHour?: number;
    /** The app has that entitlement; absent: it has. */
    readonly entitled?: boolean;
    /** Android up to 12: high-priority pushes a day, by standby bucket; the rest are normal. */
    readonly highPerDay?: Readonly<Partial<Record<StandbyBucket, number>>>;
    /** Android from 13: an app whose high-priority pushes show nothing loses that priority. */
    readonly demotes?: boolean;
  };
  /** From reception to display, µs. */
  readonly displayDelayMicros: readonly [number, number];
  /** After a key loss: until it has registered new keys. */
  readonly rekeyMicros: number;
  /** An MLS stack of somebody else's is its engine, by gRPC; absent: our own. */
  readonly mls?: { readonly engine: 'grpc'; readonly address: string };
  /** It comes back into its groups by an external Commit; absent: it waits to be welcomed. */
  readonly rejoins?: 'commit';
}

export interface PopulationPlan {
  readonly size: number;
  /** Shares sum to 1; person n belongs to one share by a seeded draw. `person` lacks its names. */
  readonly mix: readonly {
    readonly share: number;
    readonly person: Omit<PersonPlan, 'id' | 'name' | 'msisdn'>;
  }[];
}

/** A file that goes with a message; its bytes hold the message's canary. */
export interface AttachmentPlan {
  /** A media type: `application/pdf`. */
  readonly type: string;
  readonly bytes: number;
  /** A small picture of it is given with it. */
  readonly thumbnail: boolean;
}

/** What a person can do to a message that was sent before. */
export const ACTS = ['edit', 'delete', 'react'] as const;
export type ActKind = (typeof ACTS)[number];

export type Arrivals =
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number }
  | { readonly kind: 'every'; readonly periodMicros: number }
  | { readonly kind: 'burst'; readonly count: number }
  | { readonly kind: 'once' };

export interface TrafficPlan {
  readonly name: string;
  /**
   * null: the implementation sends. A person: their first device sends, to other people (which is
   * a world check) or to the business, through the gateway to the implementation's callback.
   */
  readonly from: string | null;
  /** Person ids, or `population`, taken in turn; or `business` alone, with a `from`. */
  readonly to: readonly string[];
  readonly arrivals: Arrivals;
  readonly startMicros: number;
  readonly endMicros: number;
  readonly repeat: number;
  readonly message: {
    readonly kind: string;
    readonly sensitivity: Sensitivity;
    readonly locale: string;
    /** Approximate characters of the text; null = the generator's own length. */
    readonly length: number | null;
    /** A file goes with it. */
    readonly attachment?: AttachmentPlan;
  };
  /** How often the very same request is sent again with the same idempotency key (0 = not). */
  readonly resubmit: number;
  /**
   * To the business: by which bearer it leaves the phone. `sms`: to the program's own connection to
   * an SMS centre. Absent: through the gateway.
   */
  readonly by?: 'sms';
  /** To the business: the person taps a button with this behind it; the text is its label. */
  readonly tap?: string;
  /** To the business: a place or a file instead of a text, where the gateway has such. */
  readonly share?: 'location' | 'file';
  /** To the business: the phone tells that the person types. */
  readonly typing?: true;
  /** Between people: the nth message does this to the nth of that traffic. */
  readonly act?: { readonly kind: ActKind; readonly of: string };
  /** Between people: a text is no longer shown so long after it was. */
  readonly vanishMicros?: number;
  /** Between people: all of `to` are in one conversation; each message goes to everybody in it. */
  readonly group?: true;
}

/** `">= 5"`: quoted in YAML, resolved to the base unit (µs, count, ratio) here. */
export interface Comparison {
  readonly op: '<' | '<=' | '>' | '>=' | '==';
  readonly value: number;
}

export type FaultAnchor =
  | { readonly kind: 'time'; readonly fromMicros: number; readonly untilMicros: number | null }
  | {
      readonly kind: 'event';
      /** An event kind of the history, `message.submitted`, `device.displayed` … */
      readonly event: string;
      readonly of: string | null;
      readonly nth: number;
      readonly lastMicros: number | null;
    };

/** Which of the matching requests or messages a fault hits. */
export type FaultSelection =
  | { readonly kind: 'all' }
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'first'; readonly count: number }
  | { readonly kind: 'every'; readonly nth: number };

export interface FaultPlan {
  /** The author's name for it. */
  readonly name: string;
  /** The registry's word: `outage`, `throttle`, `key-loss` … */
  readonly fault: string;
  /** A target path, or a pattern with `*` already expanded to these paths. */
  readonly targets: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly anchor: FaultAnchor;
  readonly select: FaultSelection;
  /** Only messages of this traffic, where the door can tell. */
  readonly of: string | null;
  readonly evidence: { readonly hits: Comparison };
}

export type Expectation =
  | {
      readonly kind: 'delivery';
      readonly of: string;
      readonly atLeast: number;
      readonly withinMicros: number | null;
      readonly channel: Channel | null;
    }
  | {
      readonly kind: 'latency';
      readonly of: string;
      readonly channel: Channel | null;
      readonly outside: readonly string[];
      /** `p50` `p90` `p95` `p99` `p99.9` `max` → threshold in µs. */
      readonly thresholds: Readonly<Record<string, Comparison>>;
      readonly samples: Comparison;
    }
  | { readonly kind: 'fallback'; readonly of: string; readonly correct: number }
  | { readonly kind: 'recovery'; readonly from: string; readonly withinMicros: number }
  | { readonly kind: 'never'; readonly rules: readonly string[] };
