import type { Clock } from '../kernel/clock.ts';
import { BellwetherError } from '../kernel/errors.ts';
import type { WorldPlan } from '../kernel/plan.ts';
import type { RemoteStack } from '../network/mls-grpc/client.ts';
import { createStackEngine } from '../protocol/mls/stack/stack-engine.ts';
import type { MlsEngine } from '../protocol/mls/types.ts';

export interface ForeignEngines {
  /** Undefined for an address that no device of the plan names. */
  at(address: string): MlsEngine | undefined;
  close(): void;
}

/** How long a phone waits for its engine: a stack that hangs ends the cell as an error. */
const TIMEOUT_MILLIS = 10_000;

function addressesIn({ people, population }: WorldPlan): Set<string> {
  const persons = [...people, ...(population?.mix ?? []).map(({ person }) => person)];
  const named = persons.flatMap(({ devices }) => devices.map(({ mls }) => mls?.address));
  return new Set(named.filter((address) => address !== undefined));
}

/**
 * The MLS stacks that device profiles name, by their addresses; each is connected when it is first
 * asked. Throws WORLD_NEEDS_WALL_TIME in virtual time.
 */
export async function createForeignEngines(
  plan: WorldPlan,
  clock: Clock,
  reader: Pick<MlsEngine, 'checkKeyPackage' | 'suite'>,
): Promise<ForeignEngines> {
  const engines = new Map<string, MlsEngine>();
  const remotes: RemoteStack[] = [];
  const addresses = addressesIn(plan);
  const [first] = addresses;
  if (first !== undefined && clock.kind === 'virtual') {
    throw new BellwetherError(`the MLS stack at ${first} answers in its own time`, {
      code: 'WORLD_NEEDS_WALL_TIME',
      blame: 'author',
      hint: 'Say clock: wall in the scenario, or leave clock out.',
    });
  }
  for (const address of addresses) {
    // gRPC takes longer to load than a small world to run.
    const { connectStack } = await import('../network/mls-grpc/client.ts');
    const epochMillis = (): number => clock.epochMillis();
    const stack = connectStack({ address, epochMillis, timeoutMillis: TIMEOUT_MILLIS });
    remotes.push(stack);
    engines.set(address, createStackEngine({ stack, name: address, reader }));
  }
  return {
    at: (address) => engines.get(address),
    close: () => {
      for (const remote of remotes) remote.close();
    },
  };
}
