/** Makes the people of magic numbers and tokens, when they are first asked for. */
import { Owner } from '../../device/owner.ts';
import type { Phone } from '../../device/phone.ts';
import type { PhoneContext } from '../../device/phone-context.ts';
import { PushRegistration } from '../../device/push-registration.ts';
import type { Ambient } from '../../kernel/ambient.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { CarrierPlan, DevicePlan, PersonPlan } from '../../kernel/plan.ts';
import type { BearerMessage, Receipts } from '../../network/bearer.ts';
import type { Conditions, Treatment } from '../../network/conditions.ts';
import { magicOf } from './behaviours.ts';
import type { MagicBehaviour } from './behaviours.ts';

/** As the history names whatever a magic number does. */
const FAULT = 'magic-number';
const PREFIX = 'magic/';
/** E.164: at most fifteen digits. */
const NUMBER = /^\+\d{7,15}$/;
const READ_MICROS = 2 * MICROS_PER_SECOND;

function range(from: number, to: number): readonly [number, number] {
  return [from * MICROS_PER_MILLI, to * MICROS_PER_MILLI];
}

const ANDROID: DevicePlan = {
  id: '1',
  profile: 'magic',
  platform: 'android',
  osVersion: '16',
  rcs: true,
  e2ee: true,
  app: true,
  online: true,
  power: 'normal',
  push: {
    provider: 'fcm',
    extensionMicros: 20 * MICROS_PER_SECOND,
    backgroundPerHour: 60,
    delayMicros: range(30, 200),
  },
  displayDelayMicros: range(50, 250),
  rekeyMicros: 8 * MICROS_PER_SECOND,
};

const IPHONE: DevicePlan = {
  ...ANDROID,
  platform: 'ios',
  osVersion: '26.5',
  push: {
    provider: 'apns',
    extensionMicros: 30 * MICROS_PER_SECOND,
    backgroundPerHour: 3,
    delayMicros: range(50, 250),
  },
};

export interface MagicPeople {
  byMsisdn(msisdn: string): Owner | undefined;
  byId(person: string): Owner | undefined;
  /** By a token that no phone of the world was ever given. */
  byToken(provider: 'apns' | 'fcm', token: string): PushRegistration | undefined;
  /** The carrier's last step: `take` gives the message to the phone. */
  onTheWay(phone: Phone, message: BearerMessage, receipts: Receipts, take: () => void): void;
  /** The same conditions, with what such people meet there. */
  conditions(component: string, inner: Conditions): Conditions;
}

export interface MagicOptions {
  readonly ambient: Ambient;
  /** They are subscribers of the one that can do most. */
  readonly carriers: readonly CarrierPlan[];
  readonly context: () => PhoneContext;
  /** Puts a number onto the lists of those who want no messages. */
  readonly optOut: (msisdn: string) => void;
}

interface Known {
  readonly owner: Owner;
  readonly behaviour: MagicBehaviour;
  /** Requests met, by component. */
  readonly met: Map<string, number>;
}

function abilities({ rcs, e2ee, sms }: CarrierPlan): number {
  return Number(rcs) + Number(e2ee) + Number(sms);
}

export function createMagicPeople(options: MagicOptions): MagicPeople {
  const { ambient, carriers, context, optOut } = options;
  const { clock, history } = ambient;
  const known = new Map<string, Known>();
  const registrations = new Map<string, PushRegistration>();

  /** The one that can do most. */
  const carrier = carriers.toSorted((a, b) => abilities(b) - abilities(a))[0];

  const planOf = (
    id: string,
    msisdn: string,
    { phone = {} }: MagicBehaviour,
    model: DevicePlan,
  ): PersonPlan => {
    const device: DevicePlan = {
      ...model,
      rcs: (phone.rcs ?? true) && carrier?.rcs === true,
      e2ee: (phone.e2ee ?? true) && carrier?.e2ee === true,
      online: phone.online ?? true,
    };
    const devices = [device, { ...device, id: '2' }].slice(0, phone.devices ?? 1);
    return {
      id,
      name: 'Magic number',
      msisdn,
      locale: 'en',
      carrier: carrier?.name ?? '',
      consent: { archive: false },
      readReceipts: true,
      readDelayMicros: [READ_MICROS, READ_MICROS],
      devices,
    };
  };

  const begin = (owner: Owner, { phone = {}, optedOut }: MagicBehaviour): void => {
    const [first, second] = owner.handsets;
    const { awayMicros, secondRevokedAfterMicros } = phone;
    for (const handset of owner.handsets) handset.tell('created');
    if (awayMicros !== undefined && first !== undefined) {
      first.begin('offline', FAULT);
      clock.after(awayMicros, () => first.end('offline', FAULT));
    }
    if (secondRevokedAfterMicros !== undefined && second !== undefined) {
      clock.after(secondRevokedAfterMicros, () => second.revoke(FAULT));
    }
    if (optedOut === true) optOut(owner.plan.msisdn);
  };

  const make = (
    id: string,
    msisdn: string,
    behaviour: MagicBehaviour,
    model: DevicePlan,
  ): Owner => {
    const owner = new Owner(planOf(id, msisdn, behaviour, model), context());
    known.set(id, { owner, behaviour, met: new Map() });
    begin(owner, behaviour);
    return owner;
  };

  const register = (phone: Phone, token: string, gone: boolean): PushRegistration => {
    const registration = new PushRegistration(phone, token);
    if (!gone) phone.state.registration = registration;
    registrations.set(token, registration);
    return registration;
  };

  const treatmentFor = (component: string, person: string): Treatment | undefined => {
    const found = known.get(person);
    const meets = found?.behaviour.meets;
    if (found === undefined || meets === undefined) return undefined;
    const times = (found.met.get(component) ?? 0) + 1;
    found.met.set(component, times);
    if (times > (meets.first ?? Infinity)) return undefined;
    history.append({ kind: 'fault.touched', fault: FAULT, did: meets.did });
    return meets.treatment;
  };

  return {
    byMsisdn: (msisdn) => {
      const id = `${PREFIX}${msisdn}`;
      const there = known.get(id);
      if (there !== undefined) return there.owner;
      const behaviour = NUMBER.test(msisdn) ? magicOf(msisdn) : undefined;
      return behaviour === undefined ? undefined : make(id, msisdn, behaviour, ANDROID);
    },
    byId: (person) => known.get(person)?.owner,
    byToken: (provider, token) => {
      const there = registrations.get(token);
      if (there !== undefined) return there.provider === provider ? there : undefined;
      const behaviour = magicOf(token);
      if (behaviour === undefined || behaviour.token === null) return undefined;
      const id = `${PREFIX}${provider}/${registrations.size + 1}`;
      const model = provider === 'apns' ? IPHONE : ANDROID;
      const [phone] = make(id, '', behaviour, model).handsets;
      if (phone === undefined) return undefined;
      return register(phone, token, behaviour.phone?.tokenGone === true);
    },
    onTheWay: ({ person, path }, { wire, message }, receipts, take) => {
      const way = known.get(person)?.behaviour.phone?.carrier;
      if (way === undefined) return take();
      const of = message === undefined ? {} : { message };
      if (typeof way === 'object') {
        history.append({ kind: 'fault.touched', fault: FAULT, did: 'took longer', wire, ...of });
        clock.after(way.delayMicros, take);
        return;
      }
      if (way === 'refuses') receipts.failed(path, 'undeliverable');
      else history.append({ kind: 'lost', wire, component: path, fault: FAULT });
    },
    conditions: (component, inner) =>
      Object.assign(Object.create(inner) as Conditions, {
        meet: (
          message: string | undefined,
          wire?: string,
          person?: string,
          bytes?: number,
        ): Treatment => {
          const own = person === undefined ? undefined : treatmentFor(component, person);
          return own ?? inner.meet(message, wire, person, bytes);
        },
      }),
  };
}
