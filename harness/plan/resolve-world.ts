/** The `world` block → WorldPlan: profiles applied, people numbered, references checked. */
import type {
  CarrierPlan,
  DevicePlan,
  PersonPlan,
  WorldPlan,
} from '../../simulators/kernel/plan.ts';
import type {
  CarrierDoc,
  CarrierProfile,
  DeviceProfile,
  PersonDoc,
  ScenarioDoc,
  SmppDoc,
} from '../scenario/schema.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { BUSINESS } from '../../simulators/kernel/words.ts';
import type { SourcePath } from '../scenario/source.ts';
import { personName } from './message-text.ts';
import type { Problems } from './problems.ts';

/** By name, each read when it is first asked for: a plan uses few of them. */
export type Lookup<T> = Readonly<Record<string, () => T>>;

export interface WorldProfiles {
  readonly devices: Lookup<DeviceProfile>;
  readonly carriers: Lookup<CarrierProfile>;
  readonly gateways: readonly string[];
  readonly gatewayChannels: Vocabulary['gatewayChannels'];
  readonly gatewaysReading: Vocabulary['gatewaysReading'];
}

interface Context {
  readonly problems: Problems;
  readonly profiles: WorldProfiles;
  readonly carriers: readonly CarrierPlan[];
  /** Names of carriers as written, also of those whose profile is wrong. */
  readonly declared: readonly string[];
  readonly hypothetical: Set<string>;
}

/** Never what every object inherits: a device called `constructor` is unknown. */
function named<T>(profiles: Lookup<T>, name: string): T | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name]?.() : undefined;
}

const DEFAULT_CARRIER_PROFILE = 'standard';

/** OMA-TS-MMS-CONF-V1_3 §7.2.1: 600 KiB is the largest content class but one, of most carriers. */
const MMS_BYTES = 614_400;
const MMS_DELAY_MICROS = [400_000, 2_000_000] as const;

/**
 * Its MMS centre, where people write to each other or the scenario says `mms: on`: few
 * implementations use it, so that other worlds are spared it.
 */
function resolveMms(
  name: string,
  doc: CarrierDoc,
  profile: CarrierProfile,
  { between, problems }: { readonly between: boolean; readonly problems: Problems },
): Pick<CarrierPlan, 'mms'> {
  const sms = doc.sms ?? profile.sms;
  if (doc.mms === true && !sms) {
    problems.add(
      'SCENARIO_IMPOSSIBLE',
      ['world', 'carriers', name, 'mms'],
      `world.carriers.${name}: mms: on with sms: off`,
      'The notifications of MMS come by SMS: switch sms on, or mms off.',
    );
  }
  if (!sms || !(doc.mms ?? (between && (profile.mms ?? true)))) return {};
  const maxBytes = doc['mms-bytes'] ?? profile['mms-bytes'] ?? MMS_BYTES;
  const delayMicros = doc.delay?.mms ?? profile.delay.mms ?? MMS_DELAY_MICROS;
  return { mms: { maxBytes, delayMicros } };
}

/** Does anybody write to other people, instead of to whoever is under test? */
function peopleWrite({ traffic }: ScenarioDoc): boolean {
  return Object.values(traffic).some(
    ({ from, to }) => from !== undefined && ![to].flat().includes(BUSINESS),
  );
}

function resolveCarrier(
  name: string,
  doc: CarrierDoc,
  profiles: WorldProfiles,
  about: { readonly between: boolean; readonly problems: Problems },
): CarrierPlan | undefined {
  const { problems } = about;
  const profileName = doc.profile ?? DEFAULT_CARRIER_PROFILE;
  const profile = named(profiles.carriers, profileName);
  if (profile === undefined) {
    const path = ['world', 'carriers', name, ...(doc.profile === undefined ? [] : ['profile'])];
    problems.unknown(path, 'carrier profile', profileName, Object.keys(profiles.carriers));
    return undefined;
  }
  return {
    name,
    region: doc.region ?? profile.region,
    rcs: doc.rcs ?? profile.rcs,
    e2ee: doc.e2ee ?? profile.e2ee,
    sms: doc.sms ?? profile.sms,
    delayMicros: {
      rcs: doc.delay?.rcs ?? profile.delay.rcs,
      sms: doc.delay?.sms ?? profile.delay.sms,
    },
    smsPerSecond: doc['sms-rate'] ?? profile['sms-rate'],
    smsQueueLimit: doc['sms-queue'] ?? profile['sms-queue'],
    storeMicros: doc.store ?? profile.store,
    ...resolveMms(name, doc, profile, about),
    ...resolveSmpp({ ...profile.smpp, ...doc.smpp }),
  };
}

/** What is not said is not in the plan. */
function resolveSmpp(doc: SmppDoc): Pick<CarrierPlan, 'smpp'> {
  if (Object.keys(doc).length === 0) return {};
  const { ids, interim, window, binds, inactivity } = doc;
  const all = {
    ids,
    receiptIds: doc['receipt-ids'],
    receiptParameters: doc['receipt-parameters'],
    interim,
    window,
    binds,
    sessionInitMicros: doc['session-init'],
    inactivityMicros: inactivity,
    enquireLinkMicros: doc['enquire-link'],
  };
  const said = Object.entries(all).filter(([, value]) => value !== undefined);
  return { smpp: Object.fromEntries(said) };
}

function deviceE2ee(
  doc: PersonDoc,
  profile: DeviceProfile,
  carrier: CarrierPlan,
  hypothetical: Set<string>,
): boolean {
  if (doc.e2ee === true && profile.e2ee === 'off') {
    hypothetical.add(`${profile.device} with end-to-end encryption`);
  }
  if (profile.hypothetical !== undefined) hypothetical.add(profile.hypothetical);
  const wanted = doc.e2ee ?? profile.e2ee !== 'off';
  // The group's ciphertext travels through the carrier's core, so the carrier must offer it too.
  return wanted && carrier.e2ee && carrier.rcs && (doc.rcs ?? profile.rcs);
}

const BYTES_PER_MEGABYTE = 1_048_576;

function resolvePush(profile: DeviceProfile['push']): DevicePlan['push'] {
  const unentitledPerHour = profile['background-per-hour-unentitled'];
  const megabytes = profile['extension-memory-mb'];
  const highPerDay = profile['high-per-day'];
  const entitled = profile['messaging-entitlement'];
  return {
    provider: profile.provider,
    extensionMicros: profile.extension,
    backgroundPerHour: profile['background-per-hour'],
    delayMicros: profile.delay,
    ...(megabytes !== undefined && { extensionBytes: megabytes * BYTES_PER_MEGABYTE }),
    ...(unentitledPerHour !== undefined && { unentitledPerHour }),
    ...(entitled !== undefined && { entitled }),
    ...(highPerDay !== undefined && { highPerDay }),
    ...(profile.demotion !== undefined && { demotes: profile.demotion }),
  };
}

function resolveDevices(
  doc: PersonDoc,
  profile: DeviceProfile,
  carrier: CarrierPlan,
  context: Context,
): DevicePlan[] {
  const e2ee = deviceE2ee(doc, profile, carrier, context.hypothetical);
  return Array.from({ length: doc.devices ?? 1 }, (_, index) => ({
    id: String(index + 1),
    profile: profile.device,
    platform: profile.platform,
    osVersion: profile.os,
    rcs: (doc.rcs ?? profile.rcs) && carrier.rcs,
    e2ee,
    app: doc.app ?? true,
    online: doc.online ?? true,
    power: doc.power ?? 'normal',
    push: resolvePush(profile.push),
    displayDelayMicros: profile.display,
    rekeyMicros: profile.rekey,
    ...(profile.mls !== undefined && { mls: profile.mls }),
    ...((doc.rejoin ?? profile.rejoin) === 'commit' && { rejoins: 'commit' as const }),
  }));
}

type AnonymousPerson = Omit<PersonPlan, 'id' | 'name' | 'msisdn'>;

function resolvePerson(
  doc: PersonDoc,
  path: SourcePath,
  context: Context,
): AnonymousPerson | undefined {
  const { problems, profiles, carriers } = context;
  const profile = named(profiles.devices, doc.device);
  const carrier = carriers.find((candidate) => candidate.name === doc.carrier);
  if (profile === undefined) {
    problems.unknown(
      [...path, 'device'],
      'device profile',
      doc.device,
      Object.keys(profiles.devices),
    );
  }
  if (carrier === undefined && !context.declared.includes(doc.carrier)) {
    problems.unknown(
      [...path, 'carrier'],
      'carrier',
      doc.carrier,
      carriers.map(({ name }) => name),
    );
  }
  const nextName = doc['next-phone'];
  const next = nextName === undefined ? undefined : named(profiles.devices, nextName);
  if (nextName !== undefined && next === undefined) {
    const names = Object.keys(profiles.devices);
    problems.unknown([...path, 'next-phone'], 'device profile', nextName, names);
  }
  if (profile === undefined || carrier === undefined) return undefined;
  const devices = resolveDevices(doc, profile, carrier, context);
  const spares = next === undefined ? [] : resolveDevices(doc, next, carrier, context).slice(0, 1);
  const id = String(devices.length + 1);
  return {
    locale: doc.locale ?? 'en',
    carrier: carrier.name,
    consent: { archive: doc.consent?.archive ?? false },
    readReceipts: doc['read-receipts'] ?? true,
    ...(doc['no-receipts-to'] !== undefined && { noReceiptsTo: doc['no-receipts-to'] }),
    readDelayMicros: doc['read-after'] ?? profile.read,
    devices: [
      ...devices,
      ...spares.map((spare) => ({ ...spare, id, online: false, spare: true as const })),
    ],
    ...(doc.e2ee !== undefined && { e2eeSwitch: doc.e2ee ? 'on' : 'off' }),
  };
}

/** Numbers of named people: +999 is unassigned (ITU-T E.164), so nobody's phone is meant. */
function msisdnOf(index: number): string {
  return `+99910${String(index + 1).padStart(7, '0')}`;
}

function resolveSms(doc: ScenarioDoc, carriers: readonly CarrierPlan[], problems: Problems) {
  const via = doc.world.sms?.via;
  if (via === undefined) {
    const first = carriers.find(({ sms }) => sms);
    return first === undefined ? null : { via: first.name };
  }
  const carrier = carriers.find(({ name }) => name === via);
  if (carrier === undefined) {
    problems.unknown(
      ['world', 'sms', 'via'],
      'carrier',
      via,
      carriers.map(({ name }) => name),
    );
  } else if (!carrier.sms) {
    problems.add(
      'SCENARIO_IMPOSSIBLE',
      ['world', 'sms', 'via'],
      `world.sms.via: carrier ${via} has sms: off`,
      'Choose a carrier with an SMS centre, or switch its sms on.',
    );
  }
  return { via };
}

function resolvePopulation(doc: ScenarioDoc, context: Context): WorldPlan['population'] {
  const population = doc.world.population;
  if (population === undefined) return null;
  const sum = population.mix.reduce((total, part) => total + part.share, 0);
  if (Math.abs(sum - 1) > 1e-6) {
    context.problems.add(
      'SCENARIO_SHARES',
      ['world', 'population', 'mix'],
      `world.population.mix: the shares sum to ${Math.round(sum * 1000) / 10}%`,
      'They must sum to 100%.',
    );
  }
  const mix = population.mix.flatMap((part, index) => {
    const person = resolvePerson(part, ['world', 'population', 'mix', index], context);
    return person === undefined ? [] : [{ share: part.share, person }];
  });
  return { size: population.size, mix };
}

export function resolveWorld(
  doc: ScenarioDoc,
  seed: number,
  profiles: WorldProfiles,
  problems: Problems,
): { world: WorldPlan; hypothetical: string[] } {
  const between = peopleWrite(doc);
  const carriers = Object.entries(doc.world.carriers).flatMap(([name, carrier]) => {
    const resolved = resolveCarrier(name, carrier, profiles, { between, problems });
    return resolved === undefined ? [] : [resolved];
  });
  const hypothetical = new Set<string>();
  const declared = Object.keys(doc.world.carriers);
  const context: Context = { problems, profiles, carriers, declared, hypothetical };
  const people = Object.entries(doc.world.people ?? {}).flatMap(([id, person], index) => {
    const resolved = resolvePerson(person, ['world', 'people', id], context);
    if (resolved === undefined) return [];
    const name = personName(resolved.locale, `${seed}/${id}`);
    return [{ id, name, msisdn: msisdnOf(index), ...resolved }];
  });
  const gateways = doc.world.gateways ?? ['rbm'];
  for (const [index, gateway] of gateways.entries()) {
    if (!profiles.gateways.includes(gateway)) {
      problems.unknown(['world', 'gateways', index], 'gateway', gateway, profiles.gateways);
    }
  }
  const others = gateways.flatMap((name) => {
    const channels = profiles.gatewayChannels[name];
    return channels === undefined ? [] : [[name, channels] as const];
  });
  const reading = gateways.filter((name) => profiles.gatewaysReading.includes(name));
  return {
    world: {
      carriers,
      gateways,
      ...(others.length === 0 ? {} : { gatewayChannels: Object.fromEntries(others) }),
      ...(reading.length > 0 && { gatewaysReading: reading }),
      sms: resolveSms(doc, carriers, problems),
      push: doc.world.push ?? ['apns', 'fcm'],
      ...(doc.world.attachments === true && { attachments: true }),
      ...(doc.world.imessage === true && { imessage: true }),
      people,
      population: resolvePopulation(doc, context),
    },
    hypothetical: [...hypothetical],
  };
}
