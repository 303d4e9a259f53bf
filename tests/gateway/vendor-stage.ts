/**
 * A whole world around one gateway, for contract tests: on real sockets for the vendors' own
 * clients, or in virtual time for what takes hours. The webhook is in the test's hands.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import type { EventKind, EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import type { Clock } from '../../simulators/kernel/clock.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import type { PersonPlan, WorldPlan } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import type { Network, WireResponse } from '../../simulators/network/wire.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createWorld } from '../../simulators/world.ts';
import type { World } from '../../simulators/world.ts';
import { devicePlan, iphone, personPlan } from '../device/stage.ts';
import { carrier, cellOf } from '../world/stage.ts';

const SECOND = 1_000_000;

/** Ana has RCS, Ben has not; both take texts. */
export const ANA = '999100000001';
export const BEN = '999100000002';
/** Has a number and no phone, so that a carrier gives her texts up. */
export const CARA = '999100000003';
/** Nobody's number. */
export const NOBODY = '999100000099';

/** One call of the gateway at the webhook; `path` with its query. */
export interface Hook {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly json: Record<string, unknown>;
}

/** An answer of the gateway. */
export interface Called {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly json: Record<string, unknown>;
}

/** How the webhook answers, by a status or a whole answer; default 200. */
export type HookAnswer = (hook: Hook, count: number) => number | WireResponse;

/** RBM's verification wants its secret back. */
function answerOf(answer: number | WireResponse, { json }: Hook): WireResponse {
  if (typeof answer !== 'number') return answer;
  const secret: unknown = json['secret'];
  return { status: answer, headers: {}, body: typeof secret === 'string' ? secret : '' };
}

/** Somebody without a phone, beside Ana and Ben: `world: { people: withCara() }`. */
export function withCara(): PersonPlan[] {
  return [...people(false), { ...personPlan('cara', []), msisdn: `+${CARA}` }];
}

function people(fast: boolean): PersonPlan[] {
  const quick = fast
    ? { readDelayMicros: [1_000, 2_000] as const }
    : { readDelayMicros: [2 * SECOND, 2 * SECOND] as const };
  const device = { ...devicePlan('1'), displayDelayMicros: [1_000, 2_000] as const };
  const phone = { ...iphone('1'), rcs: false, displayDelayMicros: [1_000, 2_000] as const };
  return [
    { ...personPlan('ana', [device]), ...quick, msisdn: `+${ANA}`, readReceipts: true },
    { ...personPlan('ben', [phone]), ...quick, msisdn: `+${BEN}` },
  ];
}

function cellWith(gateway: string, fast: boolean, world: Partial<WorldPlan>) {
  const delayMicros = fast
    ? { rcs: [500, 1_000] as const, sms: [500, 1_000] as const }
    : { rcs: [20_000, 60_000] as const, sms: [100_000, 300_000] as const };
  return cellOf({
    carriers: [carrier('northtel', { delayMicros })],
    gateways: [gateway],
    sms: null,
    push: [],
    people: people(fast),
    ...world,
  });
}

function hookOf(path: string, headers: Readonly<Record<string, string>>, body: string): Hook {
  if (headers['content-type']?.includes('form-urlencoded') === true) {
    return { path, headers, body, json: Object.fromEntries(new URLSearchParams(body)) };
  }
  return { path, headers, body, json: body === '' ? {} : jsonOf(body) };
}

/** A fault may cut a body off. */
function jsonOf(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

interface Parts {
  readonly gateway: string;
  readonly world: World;
  readonly ambient: Ambient;
  readonly network: Network;
  readonly events: readonly HistoryEvent[];
  readonly hooks: readonly Hook[];
}

function common({ gateway, world, ambient, network, events, hooks }: Parts) {
  return {
    world,
    ambient,
    network,
    hooks,
    events,
    value: (name: string): string => {
      const found = world.environment[`gateway.${gateway}.${name}`];
      if (found === undefined) throw new Error(`no gateway.${gateway}.${name}`);
      return found;
    },
    of: <K extends EventKind>(kind: K): EventOf<K>[] =>
      events.filter((event) => event.kind === kind) as unknown as EventOf<K>[],
    /** A planned message's text with its canary. */
    plan: (message: string, person = 'ana'): string => {
      const canary = createCanary(ambient.random.fork(`canary/${message}`));
      ambient.index.add({ message, traffic: message.replace(/-\d+$/, ''), person, canary });
      return `Your code is ${canary}.`;
    },
    /** Arms a verb of a target; gives back its undoing. */
    fault: (target: string, verb: string, params: Record<string, unknown> = {}) => {
      const ledger = { fault: `a ${verb}`, hits: () => true, touched: () => {} };
      const found = world.targets.get(target)?.verbs[verb];
      if (found === undefined) throw new Error(`${target} has no ${verb}`);
      return found({ params, ledger });
    },
  };
}

async function build(
  gateway: string,
  fast: boolean,
  clock: Clock,
  network: Network,
  world: Partial<WorldPlan>,
) {
  const cell = cellWith(gateway, fast, world);
  const random = createRandom(cell.seed);
  const history = createHistory(clock, { write: () => {}, close: () => {} });
  const events: HistoryEvent[] = [];
  history.subscribe((event) => events.push(event));
  const ids = createIds(random.fork('ids'));
  const ambient: Ambient = { clock, random, history, ids, index: createMessageIndex() };
  const made = await createWorld({ cell, people: peopleOf(cell), ambient, network });
  return { gateway, world: made, ambient, network, events };
}

/** On sockets, in wall time: for unmodified clients. Stop it when the test is over. */
export async function socketStage(
  gateway: string,
  options: { readonly world?: Partial<WorldPlan>; readonly answer?: HookAnswer } = {},
) {
  const clock = createWallClock();
  const network = createSocketNetwork({ clock });
  const parts = await build(gateway, true, clock, network, options.world ?? {});
  const hooks: Hook[] = [];
  const waiting = new Set<() => void>();
  const state: { answer: HookAnswer } = { answer: options.answer ?? (() => 200) };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Readonly<Record<string, string>>;
      const hook = hookOf(request.url ?? '', headers, Buffer.concat(chunks).toString('utf8'));
      hooks.push(hook);
      const { status, headers: given, body } = answerOf(state.answer(hook, hooks.length), hook);
      response.writeHead(status, given).end(body);
      for (const wake of waiting) wake();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await parts.world.connectImplementation({
    baseUrl,
    callbacks: { [gateway]: { path: '/hooks' } },
  });
  return {
    ...common({ ...parts, hooks }),
    state,
    baseUrl,
    /** Waits for the first call of the gateway that fits. */
    hook: (fits: (hook: Hook) => boolean): Promise<Hook> =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = hooks.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      await parts.world.stop();
      await network.close();
      clock.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** In virtual time, in memory: for what takes hours, and for the order of events. */
export async function virtualStage(
  gateway: string,
  options: {
    readonly world?: Partial<WorldPlan>;
    readonly answer?: HookAnswer;
    readonly publicBase?: string;
    readonly inbound?: string;
  } = {},
) {
  const clock = createVirtualClock();
  const network = createMemoryNetwork({ clock });
  const parts = await build(gateway, false, clock, network, options.world ?? {});
  const hooks: Hook[] = [];
  const state: { answer: HookAnswer } = { answer: options.answer ?? (() => 200) };
  network.registerHost('implementation.test', {
    accepts: () => true,
    handle: ({ path, query, headers, body }) => {
      const asked = query === '' ? path : `${path}?${query}`;
      const hook = hookOf(asked, headers, Buffer.from(body).toString('utf8'));
      hooks.push(hook);
      return { kind: 'answer', response: answerOf(state.answer(hook, hooks.length), hook) };
    },
  });
  const { publicBase, inbound } = options;
  const edge = {
    path: '/hooks',
    ...(publicBase === undefined ? {} : { public: publicBase }),
    ...(inbound === undefined ? {} : { inbound }),
  };
  const fetchIt = network.fetchAs();
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const mark = (): void => {
      done = true;
    };
    promise.then(mark, mark);
    await clock.run(clock.now() + 90 * SECOND, () => done);
    if (!done) throw new Error('no answer');
    return promise;
  };
  const connected = parts.world.connectImplementation({
    baseUrl: 'http://implementation.test',
    callbacks: { [gateway]: edge },
  });
  await settled(connected);
  const shared = common({ ...parts, hooks });
  return {
    ...shared,
    clock,
    state,
    settled,
    run: (seconds = 60) => clock.run(clock.now() + seconds * SECOND),
    /** Calls the gateway; `body` becomes JSON. */
    call: async (
      method: string,
      path: string,
      body: unknown,
      headers: Record<string, string>,
    ): Promise<Called> => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const init = body === undefined ? { method, headers } : { method, headers, body: text };
      const response = await settled(fetchIt(`${shared.value('url')}${path}`, init));
      const answer = await response.text();
      const json = answer === '' ? {} : JSON.parse(answer);
      return { status: response.status, headers: response.headers, json };
    },
  };
}
