/**
 * The registry of magic numbers: in a world without a scenario, a number (or push token) that
 * nobody has behaves as its last digits say. One row is one behaviour, for all gateways, SMS
 * centres and push services. `docs/magic-numbers.md` is generated from it.
 */
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { Treatment } from '../../network/conditions.ts';

/** What is different about the phones of such a person. */
export interface MagicPhone {
  readonly rcs?: boolean;
  readonly e2ee?: boolean;
  /** Off the network for good. */
  readonly online?: boolean;
  /** Off the network when the number is first used, and for so long. */
  readonly awayMicros?: number;
  readonly devices?: 1 | 2;
  /** So long after the number was first used, the second device is removed from the account. */
  readonly secondRevokedAfterMicros?: number;
  /** What its carrier does at the last step: reports it undeliverable, loses it, takes longer. */
  readonly carrier?: 'refuses' | 'loses' | { readonly delayMicros: number };
  /** The app is gone from it: its push token is no longer registered. */
  readonly tokenGone?: boolean;
}

/** What a gateway, an SMS centre or a push service does about requests that name such a person. */
export interface MagicTreatment {
  /** The first so many requests; absent: every one. */
  readonly first?: number;
  readonly treatment: Treatment;
  /** `refused it: slow down` */
  readonly did: string;
}

export interface MagicBehaviour {
  /** The last four digits of the number, or characters of the token. */
  readonly ending: string;
  readonly name: string;
  /** What happens to messages to such a number. */
  readonly number: string;
  /** What happens to pushes to such a token; null: such a token is nobody's. */
  readonly token: string | null;
  readonly phone?: MagicPhone;
  readonly meets?: MagicTreatment;
  /** Is in the list of those who want no more messages, where a vendor keeps one. */
  readonly optedOut?: true;
}

const SECONDS = MICROS_PER_SECOND;
const SMS_ONLY: MagicPhone = { rcs: false, e2ee: false };

export const MAGIC_BEHAVIOURS = [
  {
    ending: '0001',
    name: 'delivered',
    number: 'delivered and read, by whichever channel is tried: the phone has RCS, encrypted too',
    token: 'shown',
  },
  {
    ending: '0002',
    name: 'no RCS',
    number: 'the phone has SMS only',
    token: null,
    phone: SMS_ONLY,
  },
  {
    ending: '0003',
    name: 'no encryption',
    number: 'the phone has RCS, and none of its encryption',
    token: null,
    phone: { e2ee: false },
  },
  {
    ending: '0004',
    name: 'two devices',
    number: 'two phones on one number, with encryption; each shows RCS, the first has the SIM',
    token: null,
    phone: { devices: 2 },
  },
  {
    ending: '0005',
    name: 'revoked device',
    number: 'two phones; 5 s after the number was first used, the second is removed',
    token: null,
    phone: { devices: 2, secondRevokedAfterMicros: 5 * SECONDS },
  },
  {
    ending: '0010',
    name: 'unreachable',
    number: 'the phone never comes on a network: messages wait until they expire',
    token: 'taken, never shown: the phone is off',
    phone: { online: false },
  },
  {
    ending: '0011',
    name: 'away',
    number: 'the phone is off for 20 s from the first use of the number, then gets what waited',
    token: 'shown when the phone is back, after 20 s',
    phone: { awayMicros: 20 * SECONDS },
  },
  {
    ending: '0012',
    name: 'delayed',
    number: 'the carrier takes 20 s longer',
    token: null,
    phone: { carrier: { delayMicros: 20 * SECONDS } },
  },
  {
    ending: '0013',
    name: 'lost',
    number: 'the carrier takes the message and loses it: nobody is told',
    token: null,
    phone: { carrier: 'loses' },
  },
  {
    ending: '0020',
    name: 'undelivered',
    number: 'SMS only, and the carrier reports every message as undeliverable',
    token: null,
    phone: { ...SMS_ONLY, carrier: 'refuses' },
  },
  {
    ending: '0021',
    name: 'opted out',
    number:
      'the person has written STOP: Twilio refuses with 21610; the other vendors keep no such ' +
      'list, and deliver by SMS',
    token: null,
    phone: SMS_ONLY,
    optedOut: true,
  },
  {
    ending: '0029',
    name: 'rate limited',
    number: 'the first two requests that name it are refused (429, ESME_RTHROTTLED), 1 s each',
    token: 'the first two pushes are refused (429)',
    meets: {
      first: 2,
      treatment: { kind: 'throttle', retryAfterMicros: SECONDS, delayMicros: 0 },
      did: 'refused it: slow down',
    },
  },
  {
    ending: '0030',
    name: 'broken',
    number: 'every request that names it is answered 503 (SMPP: ESME_RSYSERR)',
    token: 'every push is answered 503',
    meets: {
      treatment: { kind: 'error', status: 503, delayMicros: 0 },
      did: 'answered 503',
    },
  },
  {
    ending: '0031',
    name: 'no answer',
    number: 'no request that names it is ever answered',
    token: 'no push is ever answered',
    meets: { treatment: { kind: 'silence', delayMicros: 0 }, did: 'never answered' },
  },
  {
    ending: '0032',
    name: 'answer lost',
    number: 'the first request that names it is carried out, and the connection then breaks',
    token: 'the first push is carried out, and the connection then breaks',
    meets: {
      first: 1,
      treatment: { kind: 'serve-then-drop-answer', delayMicros: 0 },
      did: 'took it and broke the connection before the answer',
    },
  },
  {
    ending: '0410',
    name: 'unregistered',
    number: 'as 0001',
    token: 'the app is gone: 410 Unregistered, UNREGISTERED',
    phone: { tokenGone: true },
  },
] as const satisfies readonly MagicBehaviour[];

const BY_ENDING: ReadonlyMap<string, MagicBehaviour> = new Map(
  MAGIC_BEHAVIOURS.map((behaviour): [string, MagicBehaviour] => [behaviour.ending, behaviour]),
);

/** By the last four characters of a number or a token; undefined: nobody has it. */
export function magicOf(numberOrToken: string): MagicBehaviour | undefined {
  return BY_ENDING.get(numberOrToken.slice(-4));
}
