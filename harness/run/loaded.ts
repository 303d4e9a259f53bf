/** What one cell needs of files, read before its time is driven: virtual time never waits. */
import type { GatewayEntry } from '../../simulators/gateway/api/gateway.ts';
import { loadGateways } from '../../simulators/world/gateways.ts';
import type { Description } from '../implementation/description.ts';
import { STARTERS } from '../implementation/index.ts';
import { loadModule } from '../implementation/module-load.ts';
import type { CreateModule } from '../implementation/module-ports.ts';
import type { StartImplementation } from '../implementation/running.ts';
import type { CellRunOptions } from './cell-options.ts';

export interface LoadedSubject {
  readonly description: Description;
  readonly start: StartImplementation;
  /** Of `start: { module: … }`. */
  readonly module: CreateModule | undefined;
}

export interface Loaded {
  readonly gateways: readonly GatewayEntry[];
  /** Undefined in world checks: nothing is under test. */
  readonly subject: LoadedSubject | undefined;
}

async function loadSubject(description: Description): Promise<LoadedSubject> {
  const start = await STARTERS[description.start]();
  const module = description.start === 'module' ? await loadModule(description) : undefined;
  return { description, start, module };
}

/** Throws WORLD_UNKNOWN_GATEWAY and IMPLEMENTATION_MISSING (author). */
export async function loadAll({ cell, description }: CellRunOptions): Promise<Loaded> {
  return {
    gateways: await loadGateways(cell.world.gateways),
    subject: description === undefined ? undefined : await loadSubject(description),
  };
}
