import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { Timer } from '../kernel/clock.ts';
import type { EventOf } from '../kernel/events.ts';
import type { Lift, Verb } from '../kernel/target.ts';
import type { StandbyBucket } from '../kernel/words.ts';
import { STANDBY_BUCKETS } from '../kernel/words.ts';
import { keyVerbs, numberVerbs } from './keys/key-verbs.ts';
import type { Phone } from './phone.ts';

/** What faults do to a phone for a while; several at once add up, so each is a counter. */
export const CIRCUMSTANCES = [
  'offline',
  'low-power',
  'token-invalid',
  'uninstall-app',
  'force-quit',
  'entitlement-missing',
] as const;
/** What verbs of other names make of it, by their parameters. */
export type Circumstance =
  | (typeof CIRCUMSTANCES)[number]
  | 'doze'
  | 'airplane-mode'
  | 'airplane-wifi'
  | 'roam'
  | 'switched-off'
  | 'unregistered'
  | 'no-read-receipts'
  | 'no-receipts';

/** At the end of these the phone is on a network again. */
export const TAKES_NETWORK: ReadonlySet<Circumstance> = new Set<Circumstance>([
  'offline',
  'airplane-mode',
  'airplane-wifi',
  'roam',
]);

type DeviceChange = EventOf<'device.changed'>['change'];

interface Wording {
  /** For the ledger. */
  readonly did: string;
  readonly begins: DeviceChange;
  readonly ends: DeviceChange;
}

/** How each is told in the history. */
export const WORDING: Readonly<Record<Circumstance, Wording>> = {
  offline: { did: 'took the phone off the network', begins: 'offline', ends: 'online' },
  'airplane-mode': { did: 'put the phone into airplane mode', begins: 'offline', ends: 'online' },
  'airplane-wifi': {
    did: 'put the phone into airplane mode, with Wi-Fi on',
    begins: 'offline',
    ends: 'online',
  },
  roam: { did: 'took the phone abroad, without data', begins: 'roaming', ends: 'roaming' },
  'switched-off': { did: 'switched the phone off', begins: 'offline', ends: 'online' },
  unregistered: {
    did: 'left the phone without RCS',
    begins: 'capability',
    ends: 'capability',
  },
  'no-read-receipts': {
    did: 'switched read receipts off',
    begins: 'receipts-off',
    ends: 'receipts-on',
  },
  'no-receipts': {
    did: 'switched all receipts off',
    begins: 'receipts-off',
    ends: 'receipts-on',
  },
  'low-power': { did: 'switched power saving on', begins: 'power', ends: 'power' },
  doze: { did: 'let the phone doze', begins: 'power', ends: 'power' },
  'token-invalid': {
    did: 'made the push token unregistered',
    begins: 'token-invalid',
    ends: 'app-installed',
  },
  'uninstall-app': { did: 'removed the app', begins: 'app-removed', ends: 'app-installed' },
  'force-quit': { did: 'quit the app', begins: 'app-stopped', ends: 'app-opened' },
  'entitlement-missing': {
    did: 'took the messaging entitlement away',
    begins: 'entitlement',
    ends: 'entitlement',
  },
};

/** Android names no figure for the first idle windows that a screen-off phone meets (estimate). */
const MAINTENANCE_MICROS = 15 * 60 * MICROS_PER_SECOND;

function lasting(phone: Phone, what: Circumstance): Verb {
  return ({ ledger }) => {
    phone.begin(what, ledger.fault);
    ledger.touched(`${WORDING[what].did} (${phone.path})`);
    return () => phone.end(what, ledger.fault);
  };
}

/** One circumstance or another, as a parameter says. */
function either(
  phone: Phone,
  parameter: string,
  word: string,
  then: Circumstance,
  otherwise: Circumstance,
): Verb {
  return (call) => lasting(phone, call.params[parameter] === word ? then : otherwise)(call);
}

function bucketOf(value: unknown): StandbyBucket {
  return STANDBY_BUCKETS.find((bucket) => bucket === value) ?? 'active';
}

/** Doze, with a maintenance window after every `every`: what waits is let through then. */
function doze(phone: Phone): Verb {
  return ({ params, ledger }) => {
    const every = typeof params['every'] === 'number' ? params['every'] : MAINTENANCE_MICROS;
    const one = { bucket: bucketOf(params['bucket']) };
    const { clock } = phone.context.ambient;
    let window: Timer | undefined;
    const wait = (): void => {
      window = clock.after(
        every,
        () => {
          phone.state.releaseDeferred('window');
          wait();
        },
        { daemon: true },
      );
    };
    phone.state.power.begin(one);
    phone.begin('doze', ledger.fault);
    ledger.touched(`${WORDING.doze.did}, in the ${one.bucket} bucket (${phone.path})`);
    if (every > 0) wait();
    return () => {
      window?.cancel();
      phone.state.power.end(one);
      phone.end('doze', ledger.fault);
    };
  };
}

const nothingToUndo: Lift = () => {};

/** The verbs of a device as a target; `person/<id>` does the same to all devices. */
export function phoneVerbs(phone: Phone): Record<string, Verb> {
  return {
    ...Object.fromEntries(CIRCUMSTANCES.map((what) => [what, lasting(phone, what)])),
    doze: doze(phone),
    roam: lasting(phone, 'roam'),
    'airplane-mode': either(phone, 'wifi', 'on', 'airplane-wifi', 'airplane-mode'),
    'disable-receipts': either(phone, 'which', 'all', 'no-receipts', 'no-read-receipts'),
    ...keyVerbs(phone),
  };
}

/**
 * One verb over all phones of a person, and once over what is the number's; lifting lifts them all.
 */
export function personVerbs(phones: () => readonly Phone[]): Record<string, Verb> {
  const own = (): readonly Phone[] => phones().filter((phone) => !phone.thief);
  const [first] = own();
  const words = first === undefined ? [] : Object.keys(phoneVerbs(first));
  const once = new Set(first === undefined ? [] : Object.keys(numberVerbs(first)));
  const all =
    (word: string): Verb =>
    (call) => {
      const meant = once.has(word) ? own().slice(0, 1) : own();
      const lifts = meant.map((phone) => phoneVerbs(phone)[word]?.(call) ?? nothingToUndo);
      return () => {
        for (const lift of lifts) lift();
      };
    };
  return Object.fromEntries(words.map((word) => [word, all(word)]));
}
