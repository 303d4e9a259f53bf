/**
 * A small world for the SMS centre's tests: real taps, conditions and histories, made-up phones.
 */
import type { Clock } from '../../simulators/kernel/clock.ts';
import type { EventKind, EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import type { CarrierPlan, DevicePlan, PersonPlan } from '../../simulators/kernel/plan.ts';
import type { FaultLedger } from '../../simulators/kernel/target.ts';
import type {
  BearerMessage,
  Directory,
  Handset,
  Receipts,
  Subscriber,
} from '../../simulators/network/bearer.ts';
import type { SmsCentre } from '../../simulators/carrier/sms-centre.ts';
import { createSmsCentre } from '../../simulators/carrier/sms-centre.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createConditions } from '../../simulators/network/door-conditions.ts';
import { createTap } from '../../simulators/network/tap.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';

export const DISCLOSURE = 'This text is not encrypted.';
export const CANARY = createCanary(createRandom('the planned one'));

function carrierPlan(name: string, more: Partial<CarrierPlan>): CarrierPlan {
  return {
    name,
    region: 'DE',
    rcs: true,
    e2ee: false,
    sms: true,
    delayMicros: { rcs: [0, 0], sms: [200, 200] },
    smsPerSecond: null,
    smsQueueLimit: null,
    storeMicros: 3_600_000_000,
    ...more,
  };
}

export interface FakePhone extends Handset {
  online: boolean;
  /** Does it answer with delivered? */
  answers: 'delivered' | 'failed' | 'nothing';
  readonly received: BearerMessage[];
  comeBack(): void;
}

function fakePhone(person: string): FakePhone {
  const listeners: ((change: 'reachable') => void)[] = [];
  const phone: FakePhone = {
    path: `person/${person}/device/1`,
    person,
    plan: {} as DevicePlan,
    online: true,
    answers: 'delivered',
    received: [],
    revoked: false,
    reachable: () => phone.online,
    features: () => ({ rcs: false, e2ee: false }),
    receive: (message: BearerMessage, receipts: Receipts) => {
      phone.received.push(message);
      if (phone.answers === 'delivered') receipts.delivered(phone.path);
      if (phone.answers === 'failed') receipts.failed(phone.path, 'memory full');
    },
    overhear: () => {},
    claimKeyPackage: () => undefined,
    onChange: (listener) => {
      listeners.push(listener as (change: 'reachable') => void);
    },
    comeBack: () => {
      phone.online = true;
      for (const listener of listeners) listener('reachable');
    },
  };
  return phone;
}

/** A ledger that hits everything and records what a fault did. */
function ledger(did: string[]): FaultLedger {
  return {
    fault: 'test',
    hits: () => true,
    touched: (what) => void did.push(what),
  };
}

export function createSmsWorld(clock: Clock, more: Partial<CarrierPlan> = {}) {
  const history = createHistory(clock);
  const events: HistoryEvent[] = [];
  history.subscribe((event) => void events.push(event));
  const random = createRandom(42);
  const index = createMessageIndex();
  index.add({ message: 'alerts-1', traffic: 'alerts', person: 'ana', canary: CANARY });
  const ambient = { clock, history, random, ids: createIds(random.fork('ids')), index };
  const phones = { ana: fakePhone('ana'), bo: fakePhone('bo') };
  const subscriber = (id: string, msisdn: string, carrier: string, phone: Handset): Subscriber => ({
    plan: { id, msisdn, carrier } as PersonPlan,
    handsets: [phone],
  });
  const everybody = [
    subscriber('ana', '+999000000001', 'northtel', phones.ana),
    subscriber('bo', '+999000000002', 'southcell', phones.bo),
  ];
  const directory: Directory = {
    everybody,
    byId: (person) => everybody.find((one) => one.plan.id === person),
    byMsisdn: (msisdn) => everybody.find((one) => one.plan.msisdn === msisdn),
  };
  const scanner = createScanner();
  const centres = new Map<string, SmsCentre>();
  const build = (name: string) => {
    const component = `carrier/${name}/sms`;
    const conditions = createConditions({ component, clock, history, random });
    const centre = createSmsCentre({
      carrier: carrierPlan(name, more),
      ambient,
      directory,
      conditions,
      tap: createTap({ history, index, scanner }, 'smsc', component),
      disclosureText: DISCLOSURE,
      routeTo: (carrier) => centres.get(carrier),
    });
    centres.set(name, centre);
    return centre;
  };
  const northtel = build('northtel');
  const southcell = build('southcell');
  const of = <K extends EventKind>(kind: K): EventOf<K>[] =>
    events.filter((event) => event.kind === kind) as unknown as EventOf<K>[];
  /** Applies a fault to northtel's centre; returns its lift. */
  const fault = (verb: string, params: Readonly<Record<string, unknown>> = {}) => {
    const did: string[] = [];
    const lift = northtel.target.verbs[verb]!({ params, ledger: ledger(did) });
    return { did, lift };
  };
  return { northtel, southcell, phones, events, of, fault, clock };
}
export type SmsWorld = ReturnType<typeof createSmsWorld>;
