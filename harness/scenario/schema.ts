/**
 * The shape of a scenario file. One source: validation, the JSON Schema for editors and the "valid
 * keys" of error messages all come from these objects. Faults and expectations are refined by the
 * registries in `fault-schema.ts`.
 */
import { z } from 'zod';
import { PERSONAL_DATA } from '../../simulators/kernel/events-implementation.ts';
import {
  CHANNELS,
  OBSERVERS,
  SENSITIVITIES,
  STANDBY_BUCKETS,
} from '../../simulators/kernel/words.ts';
import {
  atLeastShare,
  countComparison,
  duration,
  durationComparison,
  durationRange,
  onOff,
  positiveDuration,
  rate,
  rateOrZero,
  share,
  window,
} from './units.ts';

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const name = z.string().regex(NAME, { error: 'expected a kebab-case name such as core-down' });

const level = z.enum(['must', 'should', 'may']);
const channel = z.enum(CHANNELS);
const sensitivity = z.enum(SENSITIVITIES);

/** How an SMS centre differs from the usual one. */
const smpp = z.strictObject({
  ids: z.enum(['decimal', 'hex']).optional(),
  'receipt-ids': z.enum(['decimal', 'hex']).optional(),
  'receipt-parameters': onOff.optional(),
  interim: z.enum(['asked', 'always']).optional(),
  window: z.int().positive().nullable().optional(),
  binds: z.int().positive().nullable().optional(),
  'session-init': duration.nullable().optional(),
  inactivity: duration.nullable().optional(),
  'enquire-link': duration.nullable().optional(),
});
export type SmppDoc = z.output<typeof smpp>;

const carrier = z.strictObject({
  profile: z.string().optional(),
  region: z.string().optional(),
  rcs: onOff.optional(),
  e2ee: onOff.optional(),
  sms: onOff.optional(),
  delay: z
    .strictObject({
      rcs: durationRange.optional(),
      sms: durationRange.optional(),
      mms: durationRange.optional(),
    })
    .optional(),
  'sms-rate': rate.optional(),
  'sms-queue': z.int().positive().optional(),
  store: duration.optional(),
  mms: onOff.optional(),
  'mms-bytes': z.int().positive().optional(),
  smpp: smpp.optional(),
});

/** What a person and a share of a population have in common. */
const personShape = {
  device: z.string(),
  carrier: z.string(),
  /** `as-shipped`: as the device's software and the carrier have it, which is the default. */
  e2ee: z
    .union([z.literal('as-shipped'), onOff])
    .transform((word) => (word === 'as-shipped' ? undefined : word))
    .optional(),
  rcs: onOff.optional(),
  /** The device profile of the phone that `switch-phone` puts into their hands. */
  'next-phone': z.string().optional(),
  /** A matrix writes the number as a word. */
  devices: z
    .union(
      [
        z.int().min(1).max(8),
        z
          .string()
          .regex(/^[1-8]$/)
          .transform(Number),
      ],
      { error: 'expected a number from 1 to 8' },
    )
    .optional(),
  app: onOff.optional(),
  online: onOff.optional(),
  power: z.enum(['normal', 'low']).optional(),
  locale: z.string().optional(),
  'read-receipts': onOff.optional(),
  'no-receipts-to': z.array(z.string()).min(1).optional(),
  'read-after': durationRange.optional(),
  rejoin: z.enum(['welcome', 'commit']).optional(),
  consent: z.strictObject({ archive: onOff.optional() }).optional(),
};
const person = z.strictObject(personShape);
const populationShare = z.strictObject({ share, ...personShape });

const world = z.strictObject({
  carriers: z.record(name, carrier),
  gateways: z.array(z.string()).optional(),
  sms: z.strictObject({ via: z.string() }).optional(),
  push: z.array(z.enum(['apns', 'fcm'])).optional(),
  attachments: onOff.optional(),
  imessage: onOff.optional(),
  people: z.record(name, person).optional(),
  population: z
    .strictObject({ size: z.int().positive().max(1_000_000), mix: z.array(populationShare).min(1) })
    .optional(),
});

const message = z.strictObject({
  kind: z.string(),
  sensitivity,
  locale: z.string().optional(),
  length: z.int().min(20).max(4_000).optional(),
  attachment: z
    .strictObject({
      type: z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/, {
        error: 'expected a media type such as application/pdf',
      }),
      bytes: z.int().min(200).max(4_000_000).optional(),
      thumbnail: onOff.optional(),
    })
    .optional(),
});
export type MessageDoc = z.output<typeof message>;

const traffic = z.strictObject({
  from: z.string().optional(),
  to: z.union([z.string(), z.array(z.string()).min(1)]),
  rate: rate.optional(),
  ramp: z.strictObject({ from: rateOrZero, to: rateOrZero }).optional(),
  every: positiveDuration.optional(),
  burst: z.int().positive().optional(),
  at: duration.optional(),
  during: window.optional(),
  repeat: z.int().min(1).max(10_000).optional(),
  resubmit: z.int().min(0).max(10).optional(),
  by: z.enum(['rcs', 'sms']).optional(),
  tap: z.string().min(1).max(2_048).optional(),
  share: z.enum(['location', 'file']).optional(),
  typing: onOff.optional(),
  group: onOff.optional(),
  edit: z.string().optional(),
  delete: z.string().optional(),
  react: z.string().optional(),
  vanish: positiveDuration.optional(),
  /** Only what people write may go without: they chat. */
  message: message.optional(),
});

/** Keys that every fault has besides its own word and parameters. */
export const faultCommonShape = {
  during: window.optional(),
  at: duration.optional(),
  after: z
    .strictObject({
      event: z.string(),
      of: z.string().optional(),
      nth: z.int().positive().optional(),
      last: duration.optional(),
    })
    .optional(),
  of: z.string().optional(),
  hit: z
    .union([
      z.literal('all'),
      z.strictObject({ share }),
      z.strictObject({ first: z.int().positive() }),
      z.strictObject({ every: z.int().positive() }),
    ])
    .optional(),
  evidence: z.strictObject({ hits: countComparison }).optional(),
};

const thresholds = {
  p50: durationComparison.optional(),
  p90: durationComparison.optional(),
  p95: durationComparison.optional(),
  p99: durationComparison.optional(),
  'p99.9': durationComparison.optional(),
  max: durationComparison.optional(),
};

/** One entry of `expect`, by its word. */
const expectationShapes = {
  delivery: z.strictObject({
    of: z.string(),
    'at-least': atLeastShare,
    within: duration.optional(),
    channel: channel.optional(),
  }),
  latency: z.strictObject({
    of: z.string(),
    channel: channel.optional(),
    outside: z.array(z.string()).optional(),
    samples: countComparison.optional(),
    ...thresholds,
  }),
  fallback: z.strictObject({ of: z.string(), correct: atLeastShare }),
  recovery: z.strictObject({ from: z.string(), within: duration }),
  never: z.array(z.string()).min(1),
} as const;

const expectation = z.strictObject({
  delivery: expectationShapes.delivery.optional(),
  latency: expectationShapes.latency.optional(),
  fallback: expectationShapes.fallback.optional(),
  recovery: expectationShapes.recovery.optional(),
  never: expectationShapes.never.optional(),
});

const perClass = <T extends z.ZodType>(value: T) =>
  z.strictObject({ low: value.optional(), medium: value.optional(), high: value.optional() });

/**
 * A policy file, or the inline overrides of a scenario: everything is optional over the default.
 */
export const policySchema = z.strictObject({
  name: z.string().optional(),
  extends: z.string().optional(),
  preference: z.array(channel).optional(),
  allowed: perClass(z.array(channel)).optional(),
  disclosure: z
    .strictObject({ text: z.string().optional(), on: perClass(z.array(channel)).optional() })
    .optional(),
  'attempt-timeouts': z.partialRecord(channel, duration).optional(),
  'capability-age': duration.optional(),
  'gateway-back-off': duration.optional(),
  deadlines: perClass(duration).optional(),
  tolerance: duration.optional(),
  grace: z
    .strictObject({ revocation: duration.optional(), 'key-recovery': duration.optional() })
    .optional(),
  'attachment-url': positiveDuration.optional(),
  duplicates: z.enum(['not-allowed', 'allowed']).optional(),
  archive: z.enum(['with-consent-encrypted', 'never']).optional(),
  'archive-metadata': z.array(z.enum(PERSONAL_DATA)).optional(),
  observers: z
    .partialRecord(z.enum(OBSERVERS), perClass(z.array(z.enum([...CHANNELS, 'any']))))
    .optional(),
});
export type PolicyDoc = z.output<typeof policySchema>;

/** A policy as a file of its own. */
export const policyFileSchema = policySchema.extend({
  bellwether: z.literal(1),
  policy: name.optional(),
  summary: z.string().optional(),
});

/** Axis → its values; `${axis}` stands for one of them anywhere in the scenario. */
export const matrixSchema = z.record(
  z.string().regex(/^[A-Za-z][\w-]*$/, { error: 'expected a name such as platform' }),
  z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
);

export const scenarioSchema = z.strictObject({
  bellwether: z.literal(1),
  scenario: name,
  summary: z.string().min(10, { error: 'expected a sentence saying what must hold' }),
  tags: z.array(name).optional(),
  level: level.optional(),
  clauses: z.array(z.string()).optional(),
  requires: z.array(z.string()).optional(),
  clock: z.enum(['auto', 'virtual', 'wall']).optional(),
  duration: positiveDuration,
  seed: z.int().min(0).optional(),
  matrix: matrixSchema.optional(),
  world,
  policy: z.union([z.string(), policySchema]).optional(),
  traffic: z.record(name, traffic),
  faults: z.record(name, z.record(z.string(), z.unknown())).optional(),
  heal: z.strictObject({ wait: duration }).optional(),
  expect: z.array(expectation).optional(),
  ignore: z.array(z.strictObject({ rule: z.string(), reason: z.string().min(5) })).optional(),
  allow: z
    .strictObject({
      'pass-rate': atLeastShare,
      confidence: share,
      'at-most': z.string().regex(/^\d+ runs$/),
    })
    .optional(),
});
export type ScenarioDoc = z.output<typeof scenarioSchema>;
export type PersonDoc = z.output<typeof person>;
export type CarrierDoc = z.output<typeof carrier>;
export type TrafficDoc = z.output<typeof traffic>;
export type ExpectationDoc = z.output<typeof expectation>;

/** A suite: a YAML list of scenarios with shared defaults (for scenarios that lack the key). */
export const suiteSchema = z.strictObject({
  bellwether: z.literal(1),
  suite: name,
  summary: z.string().optional(),
  defaults: scenarioSchema
    .pick({
      tags: true,
      level: true,
      clauses: true,
      requires: true,
      clock: true,
      duration: true,
      policy: true,
      heal: true,
    })
    .partial()
    .optional(),
  scenarios: z.array(z.string()).min(1),
});

const profileNumberRange = durationRange;

/**
 * A device profile: what an OS version can do and how it behaves; data, never a constant in code.
 */
export const deviceProfileSchema = z.strictObject({
  bellwether: z.literal(1),
  device: z.string(),
  summary: z.string(),
  platform: z.enum(['android', 'ios']),
  os: z.string(),
  rcs: onOff,
  e2ee: z.enum(['off', 'carrier-gated', 'on']),
  /** What no real device of this kind offers, in words: every cell with it is marked so. */
  hypothetical: z.string().optional(),
  /** A running MLS stack (docs/mls-stacks.md) as the phone's engine, in wall time only. */
  mls: z
    .strictObject({
      engine: z.literal('grpc'),
      address: z.string().regex(/^[^\s/:]+:\d+$/, { error: 'expected HOST:PORT' }),
    })
    .optional(),
  sources: z.array(z.string()).optional(),
  push: z.strictObject({
    provider: z.enum(['apns', 'fcm']),
    extension: duration,
    'background-per-hour': z.int().min(0),
    'background-per-hour-unentitled': z.int().min(0).optional(),
    'messaging-entitlement': onOff.optional(),
    'extension-memory-mb': z.int().positive().optional(),
    'high-per-day': z.partialRecord(z.enum(STANDBY_BUCKETS), z.int().min(0)).optional(),
    demotion: onOff.optional(),
    delay: profileNumberRange,
  }),
  display: profileNumberRange,
  rekey: duration,
  /** How it comes back into encrypted conversations: welcomed by others, or by its own Commit. */
  rejoin: z.enum(['welcome', 'commit']).optional(),
  read: profileNumberRange,
});
export type DeviceProfile = z.output<typeof deviceProfileSchema>;

/** A carrier profile: the defaults that `world.carriers.<name>` starts from. */
export const carrierProfileSchema = z.strictObject({
  bellwether: z.literal(1),
  'carrier-profile': z.string(),
  summary: z.string(),
  region: z.string(),
  rcs: onOff,
  e2ee: onOff,
  sms: onOff,
  delay: z.strictObject({
    rcs: profileNumberRange,
    sms: profileNumberRange,
    mms: profileNumberRange.optional(),
  }),
  'sms-rate': rate.nullable(),
  'sms-queue': z.int().positive().nullable(),
  store: duration,
  /** Default: on, as far as it has SMS, which brings the notifications. */
  mms: onOff.optional(),
  'mms-bytes': z.int().positive().optional(),
  smpp: smpp.optional(),
});
export type CarrierProfile = z.output<typeof carrierProfileSchema>;
