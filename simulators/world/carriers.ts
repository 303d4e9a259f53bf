import type { MmsCentre } from '../carrier/mms-centre/mms-centre.ts';
import { createMmsCentre } from '../carrier/mms-centre/mms-centre.ts';
import type { RcsCoreParts } from '../carrier/rcs-core.ts';
import { createRcsCore } from '../carrier/rcs-core.ts';
import type { SmsCentre } from '../carrier/sms-centre.ts';
import { createSmsCentre } from '../carrier/sms-centre.ts';
import type { PhoneSms } from '../device/phone-context.ts';
import type { Ambient } from '../kernel/ambient.ts';
import type { Cell } from '../kernel/plan.ts';
import type { TargetRegistry, Verb } from '../kernel/target.ts';
import type { Directory, MmsLine, RcsCore, SmsLine } from '../network/bearer.ts';
import { createCapabilityFaults } from '../network/capability-faults.ts';
import { createSeverableDoor } from '../network/severable-door.ts';
import type { Listener, Network } from '../network/wire.ts';
import { isKeepAlive } from '../protocol/smpp/keep-alive.ts';
import type { KitMaker } from './component.ts';
import { breakOnRefusal } from './component.ts';

export interface CarriersOptions {
  readonly cell: Cell;
  readonly ambient: Ambient;
  readonly network: Network;
  readonly kits: KitMaker;
  readonly people: Directory;
  readonly targets: TargetRegistry;
  /** Takes end-to-end encryption from every phone of a carrier. */
  readonly withoutE2ee: (carrier: string) => Verb;
}

export interface Carriers {
  /** `sms.url` (whose centre the implementation is connected to), `carrier.<name>.sms.url` … */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined for a carrier without RCS. */
  coreOf(carrier: string): RcsCore | undefined;
  /** Undefined for a carrier without SMS. */
  smsOf(carrier: string): SmsLine | undefined;
  /** Undefined for a carrier without MMS. */
  mmsOf(carrier: string): MmsLine | undefined;
  sendSms(carrier: string, text: PhoneSms): boolean;
  /**
   * A person's text to the program that is connected to an SMS centre by SMPP, by way of the
   * person's own centre. Lost, and recorded as that, where there is none.
   */
  textToApplication(text: TextToApplication): void;
  unfinished(): string[];
  close(): Promise<void>;
}

/** A text to the program's own connection to an SMS centre. */
export interface TextToApplication {
  readonly person: string;
  /** The phone's path. */
  readonly device: string;
  readonly text: string;
  readonly message?: string;
}

/** What an ESME needs to bind, under one prefix: `sms` or `carrier.northtel.sms`. */
function smsEnvironment(
  prefix: string,
  { host, port }: Listener,
  { systemId, password }: SmsCentre['credentials'],
): Record<string, string> {
  return {
    [`${prefix}.url`]: `smpp://${systemId}:${password}@${host}:${port}`,
    [`${prefix}.host`]: host,
    [`${prefix}.port`]: String(port),
    [`${prefix}.systemId`]: systemId,
    [`${prefix}.password`]: password,
  };
}

export async function createCarriers(options: CarriersOptions): Promise<Carriers> {
  const { cell, ambient, network, kits, people: directory, targets } = options;
  const cores = new Map<string, RcsCoreParts>();
  /** The same, as they answer for capabilities. */
  const told = new Map<string, RcsCore>();
  const centres = new Map<string, SmsCentre>();
  const multimedia = new Map<string, MmsCentre>();
  const listeners: Listener[] = [];
  const environment: Record<string, string> = {};
  for (const carrier of cell.world.carriers) {
    const { name } = carrier;
    if (carrier.rcs) {
      const { conditions, tap } = kits.kit(`carrier/${name}/rcs`, 'carrier', false);
      const core = createRcsCore({ carrier, ambient, directory, conditions, tap });
      const { registered } = core;
      const capability = createCapabilityFaults({ clock: ambient.clock, directory, registered });
      const verbs = {
        ...core.target.verbs,
        ...capability.verbs,
        'carrier-disables-e2ee': options.withoutE2ee(name),
      };
      targets.register({ ...core.target, verbs });
      cores.set(name, core);
      told.set(name, capability.asTold(core));
    }
    if (!carrier.sms) continue;
    const { conditions, tap } = kits.kit(`carrier/${name}/sms`, 'smsc', true);
    const centre = createSmsCentre({
      carrier,
      ambient,
      directory,
      conditions,
      tap,
      disclosureText: cell.policy.disclosure.text,
      routeTo: (other) => centres.get(other),
    });
    const line = createSeverableDoor(centre.door, {
      ambient,
      path: centre.path,
      // A world without traffic is led by hand: whatever is asked for may come.
      planned: cell.traffic.length === 0 || cell.faults.some(({ fault }) => fault === 'partition'),
      counts: (bytes) => !isKeepAlive(bytes),
    });
    const listener = await network.listenStream(`sms-${name}`, line.door);
    breakOnRefusal(conditions, listener);
    const partition: Verb = ({ ledger }) => line.cut(ledger);
    targets.register({ ...centre.target, verbs: { ...centre.target.verbs, partition } });
    centres.set(name, centre);
    listeners.push(listener);
    const { credentials } = centre;
    Object.assign(environment, smsEnvironment(`carrier.${name}.sms`, listener, credentials));
    if (cell.world.sms?.via === name) {
      Object.assign(environment, smsEnvironment('sms', listener, credentials));
    }
  }
  for (const carrier of cell.world.carriers) {
    const { name, mms } = carrier;
    const sms = centres.get(name)?.line;
    if (mms === undefined || sms === undefined) continue;
    const { conditions, tap } = kits.kit(`carrier/${name}/mms`, 'carrier', true);
    const routeTo = (other: string): MmsCentre | undefined => multimedia.get(other);
    const common = { carrier, mms, ambient, directory, conditions, tap };
    const centre = createMmsCentre({ ...common, sms, routeTo });
    const listener = await network.listenHttp(`mms-${name}`, centre.door);
    centre.listening(listener.url);
    breakOnRefusal(conditions, listener);
    targets.register(centre.target);
    multimedia.set(name, centre);
    listeners.push(listener);
  }
  const textToApplication = ({ person, device, text, message }: TextToApplication): void => {
    const { history, ids } = ambient;
    const wire = ids.next('sms-mo:');
    const owner = directory.byId(person);
    const home = centres.get(owner?.plan.carrier ?? '');
    const via = centres.get(cell.world.sms?.via ?? '');
    if (owner === undefined || home === undefined || via === undefined) {
      history.append({ kind: 'lost', wire, component: device });
      return;
    }
    const from = owner.plan.msisdn;
    const known = message === undefined ? {} : { message };
    const hop = { kind: 'carried', wire, channel: 'sms', ...known } as const;
    const root = history.append({ ...hop, from: device, to: home.path });
    const arrived = (): void => {
      const other = home !== via;
      const cause = other ? history.append({ ...hop, from: home.path, to: via.path }) : root;
      via.deliverFromPhone({ wire, person, device, from, text, message, cause, scan: other });
    };
    home.line.fromPhone(device, text, wire, arrived, message);
  };

  return {
    environment,
    textToApplication,
    coreOf: (carrier) => told.get(carrier),
    smsOf: (carrier) => centres.get(carrier)?.line,
    mmsOf: (carrier) => multimedia.get(carrier)?.line,
    sendSms: (carrier, text) => centres.get(carrier)?.submitFromPhone(text) ?? false,
    unfinished: () =>
      [...cores.values(), ...centres.values(), ...multimedia.values()].flatMap((party) =>
        party.unfinished(),
      ),
    close: async () => {
      for (const listener of listeners) await listener.close();
    },
  };
}
