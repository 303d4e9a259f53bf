/** `start: { module: … }`: the implementation runs in this process, on ports of the harness. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BellwetherError, invariant } from '../../simulators/kernel/errors.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import type { MemoryNetwork } from '../../simulators/network/memory-network.ts';
import type { Exchange, WireRequest } from '../../simulators/network/wire.ts';
import type { Description } from './description.ts';
import { createHttpConversation } from './http-conversation.ts';
import { createLeash } from './module-leash.ts';
import type { Leash } from './module-leash.ts';
import { lightRequest, readResponse } from './module-http.ts';
import type { CreateModule, ModuleInstance, ModulePorts, ModuleStore } from './module-ports.ts';
import { fillDeep, fillRecord } from './placeholders.ts';
import type { RunningImplementation, StartContext } from './running.ts';

const HOST = 'implementation.test';
const BASE_URL = `http://${HOST}`;
const LAST_LINES = 40;

/** Survives a kill, as a disk would; values go through JSON so that no object is shared. */
function createStore(): ModuleStore & { readonly values: ReadonlyMap<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get: (key) => {
      const text = values.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    set: (key, value) => {
      values.set(key, JSON.stringify(value));
    },
    delete: (key) => {
      values.delete(key);
    },
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}

/**
 * Imports the module. To be called before a cell's time is driven: reading files takes real time,
 * and virtual time must never wait for it. Throws IMPLEMENTATION_MISSING (blame: author).
 */
export async function loadModule(description: Description): Promise<CreateModule> {
  const file = resolve(description.folder, description.doc.start.module ?? '');
  if (!existsSync(file)) {
    throw new BellwetherError(`${description.file}: start.module: there is no ${file}`, {
      code: 'IMPLEMENTATION_MISSING',
      blame: 'author',
      hint: 'The path is relative to implementation.yaml.',
    });
  }
  const loaded = (await import(pathToFileURL(file).href)) as { create?: CreateModule };
  if (typeof loaded.create !== 'function') {
    throw new BellwetherError(`${description.file}: ${file} does not export create(ports)`, {
      code: 'IMPLEMENTATION_MISSING',
      blame: 'author',
      hint: 'See docs/implementations.md, “In the harness’s process”.',
    });
  }
  return loaded.create;
}

export async function startModule(context: StartContext): Promise<RunningImplementation> {
  const { ambient, description, taps } = context;
  const network = context.network as MemoryNetwork;
  const { clock, history, ids } = ambient;
  const create = context.module;
  invariant(create !== undefined, 'a module is loaded before its cell begins');
  const doc = {
    ...description.doc,
    send: fillDeep(description.doc.send, context.environment, 'send'),
  };
  const random = ambient.random.fork('implementation');
  const store = createStore();
  const env = fillRecord(
    description.doc.start.env,
    { ...context.environment, port: '80', 'policy.file': 'policy.json', 'data.dir': 'data' },
    'start.env',
  );
  const { policy } = context;
  const lastOutput: string[] = [];
  let instance = 0;
  let leash: Leash = createLeash(clock, (error) => crashed(error));
  let running: ModuleInstance | undefined;
  let down = false;

  const portsOf = (held: Leash): ModulePorts => {
    const fetchAs = network.fetchAs();
    const number = instance;
    return {
      clock: {
        epochMillis: () => clock.epochMillis(),
        after: (delayMs, task, options) =>
          held.timer(delayMs * MICROS_PER_MILLI, task, options?.daemon ?? false),
      },
      fetch: (url, options) => held.promise(() => fetchAs(url, options)),
      connect: (host, port) =>
        held.promise(() => network.connect(host, port).then((stream) => held.stream(stream))),
      random: (length) => random.bytes(length),
      uuid: () => ids.uuid(),
      store: held.guardStore(store),
      env,
      policy,
      log: (line) => {
        if (!held.alive) return;
        lastOutput.push(line);
        if (lastOutput.length > LAST_LINES) lastOutput.shift();
        const bytes = Buffer.byteLength(line) + 1;
        history.append({ kind: 'implementation.output', instance: number, stream: 'log', bytes });
        taps.output.scan(line);
      },
    };
  };

  const crashed = (error: unknown): void => {
    if (!leash.alive) return;
    leash.cut();
    down = true;
    lastOutput.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    history.append({
      kind: 'implementation.exited',
      instance,
      code: 1,
      signal: null,
      asked: false,
    });
    if (description.doc.start.restart === 'on-crash') clock.after(0, () => void begin());
  };

  const begin = async (): Promise<void> => {
    instance++;
    leash = createLeash(clock, (error) => crashed(error));
    const mine = leash;
    history.append({ kind: 'implementation.started', instance });
    clock.touch();
    try {
      running = await create(portsOf(mine));
    } catch (error) {
      crashed(error);
      return;
    }
    if (!mine.alive) return;
    down = false;
    history.append({ kind: 'implementation.ready', instance });
  };

  const handle = (request: WireRequest): Exchange | Promise<Exchange> => {
    const serving = running;
    const mine = leash;
    if (serving === undefined || !mine.alive) return { kind: 'reset' };
    clock.touch();
    return mine.hold(async (): Promise<Exchange> => {
      const answer = await serving.fetch(lightRequest(request, BASE_URL));
      return { kind: 'answer', response: await readResponse(answer) };
    });
  };
  const listener = network.registerHost(HOST, {
    accepts: () => running !== undefined && leash.alive,
    handle,
  });

  const kill = (afterMicros: number): void => {
    leash.cut();
    running = undefined;
    listener.dropConnections();
    history.append({
      kind: 'implementation.exited',
      instance,
      code: null,
      signal: 'SIGKILL',
      asked: true,
    });
    clock.after(afterMicros, () => void begin());
  };

  await begin();
  return {
    conversation: createHttpConversation({ doc, network, baseUrl: BASE_URL }),
    baseUrl: BASE_URL,
    get down() {
      return down;
    },
    lastOutput,
    target: {
      path: 'implementation',
      kind: 'implementation',
      verbs: {
        kill: ({ params }) => {
          kill(Number(params['down'] ?? 0));
          return () => {};
        },
        restart: ({ params }) => {
          void running?.stop();
          kill(Number(params['down'] ?? MICROS_PER_SECOND));
          return () => {};
        },
        pause: () => {
          leash.pause();
          return () => leash.resume();
        },
      },
    },
    scanEvidence: () => {
      for (const [key, text] of store.values) taps.files.scan(`${key} ${text}`);
    },
    stop: async () => {
      if (running !== undefined && leash.alive) {
        await running.stop();
        leash.cut();
        history.append({
          kind: 'implementation.exited',
          instance,
          code: 0,
          signal: null,
          asked: true,
        });
      }
      running = undefined;
      await listener.close();
    },
  };
}
