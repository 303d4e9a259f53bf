import type { RcsCoreParts } from '../carrier/rcs-core.ts';
import { createRcsCore } from '../carrier/rcs-core.ts';
import type { SmsCentre } from '../carrier/sms-centre.ts';
import { createSmsCentre } from '../carrier/sms-centre.ts';
import type { PhoneSms } from '../device/phone-context.ts';
import type { Ambient } from '../kernel/ambient.ts';
import type { Cell } from '../kernel/plan.ts';
import type { TargetRegistry } from '../kernel/target.ts';
import type { Directory, RcsCore, SmsLine } from '../network/bearer.ts';
import type { Listener, Network } from '../network/wire.ts';
import type { KitMaker } from './component.ts';
import { breakOnRefusal } from './component.ts';

export interface CarriersOptions {
  readonly cell: Cell;
  readonly ambient: Ambient;
  readonly network: Network;
  readonly kits: KitMaker;
  readonly people: Directory;
  readonly targets: TargetRegistry;
}

export interface Carriers {
  /** `sms.url` (whose centre the implementation is connected to), `carrier.<name>.sms.url` … */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined for a carrier without RCS. */
  coreOf(carrier: string): RcsCore | undefined;
  /** Undefined for a carrier without SMS. */
  smsOf(carrier: string): SmsLine | undefined;
  sendSms(carrier: string, text: PhoneSms): boolean;
  unfinished(): string[];
  close(): Promise<void>;
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
  const centres = new Map<string, SmsCentre>();
  const listeners: Listener[] = [];
  const environment: Record<string, string> = {};
  for (const carrier of cell.world.carriers) {
    const { name } = carrier;
    if (carrier.rcs) {
      const { conditions, tap } = kits.kit(`carrier/${name}/rcs`, 'carrier', false);
      const core = createRcsCore({ carrier, ambient, directory, conditions, tap });
      targets.register(core.target);
      cores.set(name, core);
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
    const listener = await network.listenStream(`sms-${name}`, centre.door);
    breakOnRefusal(conditions, listener);
    targets.register(centre.target);
    centres.set(name, centre);
    listeners.push(listener);
    const { credentials } = centre;
    Object.assign(environment, smsEnvironment(`carrier.${name}.sms`, listener, credentials));
    if (cell.world.sms?.via === name) {
      Object.assign(environment, smsEnvironment('sms', listener, credentials));
    }
  }
  return {
    environment,
    coreOf: (carrier) => cores.get(carrier),
    smsOf: (carrier) => centres.get(carrier)?.line,
    sendSms: (carrier, text) => centres.get(carrier)?.submitFromPhone(text) ?? false,
    unfinished: () =>
      [...cores.values(), ...centres.values()].flatMap((party) => party.unfinished()),
    close: async () => {
      for (const listener of listeners) await listener.close();
    },
  };
}
