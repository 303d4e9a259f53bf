/**
 * The world behind a gateway that is measured: a thousand people whose phones take everything and
 * say so (the phone's own work is not measured), an RCS core and an SMS centre with taps, and a
 * history file.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRcsCore } from '../simulators/carrier/rcs-core.ts';
import { createSmsCentre } from '../simulators/carrier/sms-centre.ts';
import type { Gateway, GatewayEntry } from '../simulators/gateway/api/gateway.ts';
import type { Ambient } from '../simulators/kernel/ambient.ts';
import { createHistory, fileSink } from '../simulators/kernel/history.ts';
import { createIds } from '../simulators/kernel/ids.ts';
import { createMessageIndex } from '../simulators/kernel/message-index.ts';
import type { CarrierPlan, DevicePlan, PersonPlan } from '../simulators/kernel/plan.ts';
import { createRandom } from '../simulators/kernel/random.ts';
import { createWallClock } from '../simulators/kernel/wall-clock.ts';
import type { Handset, Subscriber } from '../simulators/network/bearer.ts';
import { createConditions } from '../simulators/network/door-conditions.ts';
import { createSocketNetwork } from '../simulators/network/socket-network.ts';
import { createTap } from '../simulators/network/tap.ts';
import type { Listener } from '../simulators/network/wire.ts';
import { createCanary } from '../simulators/protocol/canary/canary.ts';
import { createScanner } from '../simulators/protocol/canary/scanner.ts';

const PEOPLE = 1_000;

const carrier: CarrierPlan = {
  name: 'northtel',
  region: 'DE',
  rcs: true,
  e2ee: true,
  sms: true,
  delayMicros: { rcs: [20_000, 60_000], sms: [20_000, 60_000] },
  smsPerSecond: null,
  smsQueueLimit: null,
  storeMicros: 3_600_000_000,
};

const device: DevicePlan = {
  id: '1',
  profile: 'android-16',
  platform: 'android',
  osVersion: '16',
  rcs: true,
  e2ee: true,
  app: true,
  online: true,
  power: 'normal',
  push: { provider: 'fcm', extensionMicros: 1, backgroundPerHour: 1, delayMicros: [1, 1] },
  displayDelayMicros: [1, 1],
  rekeyMicros: 1,
};

function subscriber(number: number): Subscriber {
  const plan: PersonPlan = {
    id: `population/${number}`,
    name: `Person ${number}`,
    msisdn: `+99900${String(number).padStart(7, '0')}`,
    locale: 'en',
    carrier: 'northtel',
    consent: { archive: false },
    readReceipts: false,
    readDelayMicros: [1, 1],
    devices: [device],
  };
  const path = `person/${plan.id}/device/1`;
  const handset: Handset = {
    path,
    person: plan.id,
    plan: device,
    revoked: false,
    reachable: () => true,
    features: () => ({ rcs: true, e2ee: true }),
    receive: (_, receipts) => receipts.delivered(path),
    overhear: () => {},
    claimKeyPackage: () => undefined,
    onChange: () => {},
  };
  return { plan, handsets: [handset] };
}

export interface GatewayWorld {
  readonly gateway: Gateway;
  readonly listener: Listener;
  readonly epochMillis: () => number;
  /** E.164 with its plus sign. */
  readonly numbers: readonly string[];
  /** Of a planned message for the number at the same place. */
  readonly canaries: readonly string[];
}

export async function openGatewayWorld(entry: GatewayEntry): Promise<GatewayWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const clock = createWallClock();
  const history = createHistory(clock, fileSink(join(folder, 'history.ndjson')));
  const random = createRandom(1);
  const index = createMessageIndex();
  const ambient: Ambient = { clock, history, random, index, ids: createIds(random.fork('ids')) };
  const everybody = Array.from({ length: PEOPLE }, (_, n) => subscriber(n + 1));
  const byNumber = new Map(everybody.map((one) => [one.plan.msisdn, one]));
  const byId = new Map(everybody.map((one) => [one.plan.id, one]));
  const directory = {
    everybody,
    byMsisdn: (number: string) => byNumber.get(number),
    byId: (person: string) => byId.get(person),
  };
  const scanner = createScanner();
  const kit = (observer: 'gateway' | 'carrier' | 'smsc', component: string, refusable = false) => ({
    conditions: createConditions({ component, clock, history, random, refusable }),
    tap: createTap({ history, scanner, index }, observer, component),
  });
  const shared = { carrier, ambient, directory };
  const core = createRcsCore({ ...shared, ...kit('carrier', 'carrier/northtel/rcs') });
  const centre = createSmsCentre({
    ...shared,
    ...kit('smsc', 'carrier/northtel/sms'),
    disclosureText: 'This message is not end-to-end encrypted.',
    routeTo: () => undefined,
  });
  const network = createSocketNetwork({ clock });
  const gateway = entry.create({
    ambient,
    directory,
    ...kit('gateway', `gateway/${entry.name}`, true),
    coreOf: () => core,
    smsOf: () => centre.line,
    request: network.call,
    policyDisclosure: 'This message is not end-to-end encrypted.',
  });
  const listener = await network.listenHttp(entry.name, gateway.door);
  const canaries = everybody.map(({ plan }, n) => {
    const canary = createCanary(random);
    index.add({ message: `alerts-${n + 1}`, traffic: 'alerts', person: plan.id, canary });
    return canary;
  });
  const { epochMillis } = clock;
  return { gateway, listener, epochMillis, numbers: [...byNumber.keys()], canaries };
}
