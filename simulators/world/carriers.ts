import type { RcsCoreParts } from '../carrier/rcs-core.ts';
import { createRcsCore } from '../carrier/rcs-core.ts';
import type { PhoneSms } from '../device/phone-context.ts';
import type { Ambient } from '../kernel/ambient.ts';
import type { Cell } from '../kernel/plan.ts';
import type { TargetRegistry } from '../kernel/target.ts';
import type { Directory, RcsCore } from '../network/bearer.ts';
import type { Network } from '../network/wire.ts';
import type { KitMaker } from './component.ts';

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
  sendSms(carrier: string, text: PhoneSms): boolean;
  unfinished(): string[];
  close(): Promise<void>;
}

export async function createCarriers(options: CarriersOptions): Promise<Carriers> {
  const { cell, ambient, kits, people: directory, targets } = options;
  const cores = new Map<string, RcsCoreParts>();
  for (const carrier of cell.world.carriers) {
    if (carrier.rcs) {
      const { conditions, tap } = kits.kit(`carrier/${carrier.name}/rcs`, 'carrier', false);
      const core = createRcsCore({ carrier, ambient, directory, conditions, tap });
      targets.register(core.target);
      cores.set(carrier.name, core);
    }
  }
  return {
    environment: {},
    coreOf: (carrier) => cores.get(carrier),
    sendSms: () => false,
    unfinished: () => [...cores.values()].flatMap((core) => core.unfinished()),
    close: async () => {},
  };
}
