import { GATEWAYS } from '../gateway/personalities/index.ts';
import type { Gateway, GatewayEntry, GatewayRow, PersonMessage } from '../gateway/api/gateway.ts';
import type { Ambient } from '../kernel/ambient.ts';
import { BellwetherError, nearestWord } from '../kernel/errors.ts';
import type { Cell } from '../kernel/plan.ts';
import type { TargetRegistry, Verb } from '../kernel/target.ts';
import type { Directory, MmsLine, RcsCore, SmsLine } from '../network/bearer.ts';
import { createCapabilityFaults } from '../network/capability-faults.ts';
import { createInterconnect } from '../network/interconnect.ts';
import { createSeverableCalls, partitioned } from '../network/severed.ts';
import type { Listener, Network } from '../network/wire.ts';
import type { KitMaker } from './component.ts';
import { breakOnRefusal } from './component.ts';
import type { CallbackEdge } from './edges.ts';
import { gatewayHosts } from './vendor-hosts.ts';

export interface GatewaysOptions {
  readonly cell: Cell;
  readonly entries: readonly GatewayEntry[];
  readonly ambient: Ambient;
  readonly network: Network;
  readonly kits: KitMaker;
  readonly people: Directory;
  readonly targets: TargetRegistry;
  readonly coreOf: (person: string) => RcsCore | undefined;
  readonly smsOf: (person: string) => SmsLine | undefined;
  readonly mmsOf: (person: string) => MmsLine | undefined;
  readonly onCiphertext: (person: string, wire: string, body: Uint8Array) => void;
}

export interface Gateways {
  /** `gateway.rbm.url` … */
  readonly environment: Readonly<Record<string, string>>;
  /** The MLS identity of the business at the first gateway that has one: `agent:bellwether`. */
  readonly agent: string;
  connect(baseUrl: string, callbacks: Readonly<Record<string, CallbackEdge>>): Promise<string[]>;
  /** A person writes to the business: by the first gateway that has a webhook, else the first. */
  userMessage(written: PersonMessage): void;
  /** On the list of every vendor that keeps one. */
  optOut(msisdn: string): void;
  unfinished(): string[];
  close(): Promise<void>;
}

function rowOf(word: string): GatewayRow {
  const registry: Readonly<Record<string, GatewayRow>> = GATEWAYS;
  const row = Object.hasOwn(registry, word) ? registry[word] : undefined;
  if (row !== undefined) return row;
  const near = nearestWord(word, Object.keys(GATEWAYS));
  throw new BellwetherError(`There is no gateway “${word}”.`, {
    code: 'WORLD_UNKNOWN_GATEWAY',
    blame: 'author',
    ...(near !== undefined && { hint: `Did you mean “${near}”?` }),
  });
}

/** Those of a world, in its order. Throws WORLD_UNKNOWN_GATEWAY (author). */
export function loadGateways(words: readonly string[]): Promise<readonly GatewayEntry[]> {
  return Promise.all(words.map(rowOf).map(({ load }) => load()));
}

export async function createGateways(options: GatewaysOptions): Promise<Gateways> {
  const { cell, ambient, network, kits, people, targets, coreOf, smsOf, mmsOf, onCiphertext } =
    options;
  const { policy } = cell;
  const made = new Map<string, Gateway>();
  const clientTokens = new Map<string, string>();
  const connected = new Set<Gateway>();
  const listeners: Listener[] = [];
  const environment: Record<string, string> = {};

  for (const { name, create } of options.entries) {
    const { conditions, tap } = kits.kit(`gateway/${name}`, 'gateway', true);
    const capability = createCapabilityFaults({
      clock: ambient.clock,
      directory: people,
      registered: (person) => coreOf(person)?.registered(person),
    });
    const interconnect = createInterconnect({
      ambient,
      gateway: `gateway/${name}`,
      planned: cell.faults.some(({ fault }) => fault === 'partition'),
    });
    const callbacks = createSeverableCalls(network.call, ambient.clock);
    const gateway = create({
      ambient,
      conditions,
      tap,
      directory: people,
      coreOf: (person) => {
        const core = coreOf(person);
        return core === undefined ? undefined : capability.asTold(interconnect.core(core));
      },
      smsOf: (person) => {
        const line = smsOf(person);
        return line === undefined ? undefined : interconnect.line(line);
      },
      mmsOf: (person) => {
        const line = mmsOf(person);
        return line === undefined ? undefined : interconnect.mms(line);
      },
      request: callbacks.call,
      policyDisclosure: policy.disclosure.text,
      backOffMicros: policy.gatewayBackOffMicros,
      onCiphertext,
    });
    const listener = await network.listenHttp(name, gateway.door, { hosts: gatewayHosts(name) });
    breakOnRefusal(conditions, listener);
    const { content } = gateway;
    if (content !== undefined) {
      const served = await network.listenHttp(`content-${name}`, content.door);
      content.servedAt(served.url);
      listeners.push(served);
    }
    const partition: Verb = (call) => {
      const { from } = call.params;
      if (typeof from === 'string' && from !== 'implementation') {
        return interconnect.cut(from, call.ledger);
      }
      const lifts = [partitioned(conditions)(call), callbacks.cut(call.ledger)];
      return () => {
        for (const lift of lifts) lift();
      };
    };
    const verbs = { ...gateway.target.verbs, ...capability.verbs, partition };
    targets.register({ ...gateway.target, verbs });
    listeners.push(listener);
    made.set(name, gateway);
    const clientToken = ambient.random.fork(`gateway/${name}/client-token`).bytes(16);
    clientTokens.set(name, Buffer.from(clientToken).toString('hex'));
    const values = gateway.environment(listener.url);
    for (const [key, value] of Object.entries(values))
      environment[`gateway.${name}.${key}`] = value;
    environment[`gateway.${name}.clientToken`] = clientTokens.get(name) ?? '';
  }

  const all = [...made.values()];
  return {
    environment,
    agent: all.find(({ agent }) => agent !== undefined)?.agent ?? '',
    connect: async (baseUrl, callbacks) => {
      const problems: string[] = [];
      for (const [name, gateway] of made) {
        const edge = callbacks[name];
        if (edge === undefined) continue;
        const clientToken = edge.clientToken ?? clientTokens.get(name) ?? '';
        const result = await gateway.connectWebhook({
          url: baseUrl + edge.path,
          ...(edge.inbound === undefined ? {} : { inboundUrl: baseUrl + edge.inbound }),
          clientToken,
          ...(edge.public === undefined
            ? {}
            : { bases: { told: edge.public.replace(/\/+$/, ''), reached: baseUrl } }),
        });
        if (result.held) connected.add(gateway);
        else problems.push(`${name} webhook ${edge.path}: ${result.why}`);
      }
      return problems;
    },
    userMessage: (written) => {
      const { tapped } = written;
      const asker = tapped && all.find(({ path }) => path === tapped.via);
      const bringer = asker ?? all.find((gateway) => connected.has(gateway)) ?? all[0];
      bringer?.userMessage(written);
    },
    optOut: (msisdn) => {
      for (const gateway of all) gateway.optOut?.(msisdn);
    },
    unfinished: () => all.flatMap((gateway) => gateway.unfinished()),
    close: async () => {
      for (const listener of listeners) await listener.close();
    },
  };
}
