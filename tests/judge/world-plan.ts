import type { Cell, DevicePlan, PersonPlan, TrafficPlan } from '../../simulators/kernel/plan.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import { CHANNELS, OBSERVERS, SENSITIVITIES } from '../../simulators/kernel/words.ts';
import type { Channel, Observer, Sensitivity } from '../../simulators/kernel/words.ts';

export const SECOND = 1_000_000;

const never = { low: [], medium: [], high: [] } as const;

/** The table of design/verdicts.md, its default. */
const observers = {
  ...(Object.fromEntries(
    OBSERVERS.map((observer) => [observer, never]),
  ) as unknown as Policy['observers']),
  'implementation-api': { low: ['any'], medium: ['any'], high: ['any'] },
  'implementation-files': { low: ['any'], medium: ['any'], high: [] },
  gateway: { low: ['rcs'], medium: ['rcs'], high: ['rcs'] },
  carrier: { low: ['rcs'], medium: ['rcs'], high: ['rcs'] },
  smsc: { low: ['sms'], medium: ['sms'], high: ['sms'] },
  device: { low: ['any'], medium: ['any'], high: ['any'] },
} satisfies Policy['observers'] as Readonly<
  Record<Observer, Readonly<Record<Sensitivity, readonly (Channel | 'any')[]>>>
>;

/** The defaults of design/verdicts.md. */
export const POLICY: Policy = {
  name: 'default',
  preference: ['app-push', 'rcs-e2ee', 'rcs', 'secure-link', 'sms'],
  allowed: {
    low: CHANNELS,
    medium: CHANNELS,
    high: ['app-push', 'rcs-e2ee', 'secure-link'],
  },
  disclosure: {
    text: 'Sent without end-to-end encryption.',
    on: { low: [], medium: ['rcs', 'sms'], high: [] },
  },
  attemptTimeoutMicros: {
    'app-push': 10 * SECOND,
    'rcs-e2ee': 15 * SECOND,
    rcs: 15 * SECOND,
    'secure-link': 20 * SECOND,
  },
  capabilityAgeMicros: 86_400 * SECOND,
  gatewayBackOffMicros: 60 * SECOND,
  deadlineMicros: { low: 600 * SECOND, medium: 120 * SECOND, high: 60 * SECOND },
  toleranceMicros: 2 * SECOND,
  grace: { revocationMicros: 5 * SECOND, keyRecoveryMicros: 60 * SECOND },
  duplicates: 'not-allowed',
  archive: 'with-consent-encrypted',
  observers,
  relaxations: [],
};

export const PHONE: DevicePlan = {
  id: '1',
  profile: 'android-16',
  platform: 'android',
  osVersion: '16',
  rcs: true,
  e2ee: true,
  app: false,
  online: true,
  power: 'normal',
  push: {
    provider: 'fcm',
    extensionMicros: 10 * SECOND,
    backgroundPerHour: 4,
    delayMicros: [1_000, 1_000],
  },
  displayDelayMicros: [1_000, 1_000],
  rekeyMicros: 10 * SECOND,
};

export const ANA: PersonPlan = {
  id: 'ana',
  name: 'Ana',
  msisdn: '+999001',
  locale: 'de',
  carrier: 'northtel',
  consent: { archive: false },
  readReceipts: true,
  readDelayMicros: [SECOND, SECOND],
  devices: [PHONE],
};

function traffic(sensitivity: Sensitivity): TrafficPlan {
  return {
    name: sensitivity,
    from: null,
    to: ['ana'],
    arrivals: { kind: 'once' },
    startMicros: 0,
    endMicros: 0,
    repeat: 1,
    message: { kind: 'fraud-alert', sensitivity, locale: 'de', length: null },
    resubmit: 0,
  };
}

/** One person, one carrier, one gateway, SMS and push; no push app unless a test gives one. */
export const CELL: Cell = {
  id: 'test/story #1',
  suite: 'test',
  scenario: 'story',
  file: 'story.yaml',
  summary: 'a story',
  tags: [],
  level: 'must',
  clauses: [],
  requires: [],
  seed: 1,
  clock: 'virtual',
  durationMicros: 600 * SECOND,
  matrix: {},
  hypothetical: [],
  worldCheck: false,
  world: {
    carriers: [
      {
        name: 'northtel',
        region: 'DE',
        rcs: true,
        e2ee: true,
        sms: true,
        delayMicros: { rcs: [1, 1], sms: [1, 1] },
        smsPerSecond: null,
        smsQueueLimit: null,
        storeMicros: 86_400 * SECOND,
      },
    ],
    gateways: ['rbm'],
    sms: { via: 'northtel' },
    push: ['fcm'],
    people: [ANA],
    population: null,
  },
  policy: POLICY,
  traffic: SENSITIVITIES.map(traffic),
  faults: [],
  heal: { waitMicros: 60 * SECOND },
  expect: [],
  ignore: [],
};
