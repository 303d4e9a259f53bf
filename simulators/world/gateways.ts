import { GATEWAYS } from '../gateway/personalities/index.ts';
import type { PersonMessage } from '../gateway/rbm/person-messages.ts';
import type { Ambient } from '../kernel/ambient.ts';
import { BellwetherError, nearestWord } from '../kernel/errors.ts';
import type { Cell } from '../kernel/plan.ts';
import type { TargetRegistry } from '../kernel/target.ts';
import type { Directory, RcsCore } from '../network/bearer.ts';
import type { Listener, Network } from '../network/wire.ts';
import type { KitMaker } from './component.ts';
import { breakOnRefusal } from './component.ts';
import type { CallbackEdge } from './edges.ts';

export interface GatewaysOptions {
  readonly cell: Cell;
  readonly ambient: Ambient;
  readonly network: Network;
  readonly kits: KitMaker;
  readonly people: Directory;
  readonly targets: TargetRegistry;
  readonly coreOf: (person: string) => RcsCore | undefined;
  readonly onCiphertext: (person: string, wire: string, body: Uint8Array) => void;
}

export interface Gateways {
  /** `gateway.rbm.url` … */
  readonly environment: Readonly<Record<string, string>>;
  /** The MLS identity of the business at the first gateway: `agent:bellwether`. */
  readonly agent: string;
  connect(baseUrl: string, callbacks: Readonly<Record<string, CallbackEdge>>): Promise<string[]>;
  /** A person writes to the business, by the first gateway. */
  userMessage(written: PersonMessage): void;
  unfinished(): string[];
  close(): Promise<void>;
}

type GatewayName = keyof typeof GATEWAYS;
type Gateway = ReturnType<(typeof GATEWAYS)[GatewayName]['create']>;

function nameOf(word: string): GatewayName {
  if (Object.hasOwn(GATEWAYS, word)) return word as GatewayName;
  const near = nearestWord(word, Object.keys(GATEWAYS));
  throw new BellwetherError(`There is no gateway “${word}”.`, {
    code: 'WORLD_UNKNOWN_GATEWAY',
    blame: 'author',
    ...(near !== undefined && { hint: `Did you mean “${near}”?` }),
  });
}

export async function createGateways(options: GatewaysOptions): Promise<Gateways> {
  const { cell, ambient, network, kits, people, targets, coreOf, onCiphertext } = options;
  const { policy } = cell;
  const made = new Map<GatewayName, Gateway>();
  const clientTokens = new Map<GatewayName, string>();
  const listeners: Listener[] = [];
  const environment: Record<string, string> = {};

  for (const word of cell.world.gateways) {
    const name = nameOf(word);
    const { conditions, tap } = kits.kit(`gateway/${name}`, 'gateway', true);
    const gateway = GATEWAYS[name].create({
      ambient,
      conditions,
      tap,
      directory: people,
      coreOf,
      request: network.request,
      policyDisclosure: policy.disclosure.text,
      backOffMicros: policy.gatewayBackOffMicros,
      onCiphertext,
    });
    const listener = await network.listenHttp(name, gateway.door);
    breakOnRefusal(conditions, listener);
    targets.register(gateway.target);
    listeners.push(listener);
    made.set(name, gateway);
    const clientToken = ambient.random.fork(`gateway/${name}/client-token`).bytes(16);
    clientTokens.set(name, Buffer.from(clientToken).toString('hex'));
    const values = gateway.environment(listener.url);
    for (const [key, value] of Object.entries(values))
      environment[`gateway.${name}.${key}`] = value;
    environment[`gateway.${name}.clientToken`] = clientTokens.get(name) ?? '';
  }

  const [first] = made.entries();
  return {
    environment,
    agent: first === undefined ? '' : `agent:${environment[`gateway.${first[0]}.agentId`] ?? ''}`,
    connect: async (baseUrl, callbacks) => {
      const problems: string[] = [];
      for (const [name, gateway] of made) {
        const edge = callbacks[name];
        if (edge === undefined) continue;
        const clientToken = edge.clientToken ?? clientTokens.get(name) ?? '';
        const result = await gateway.connectWebhook({ url: baseUrl + edge.path, clientToken });
        if (!result.held) problems.push(`${name} webhook ${edge.path}: ${result.why}`);
      }
      return problems;
    },
    userMessage: (written) => first?.[1].userMessage(written),
    unfinished: () => [...made.values()].flatMap((gateway) => gateway.unfinished()),
    close: async () => {
      for (const listener of listeners) await listener.close();
    },
  };
}
