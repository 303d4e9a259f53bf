/** `start: { module: … }`: the implementation runs in this process, on ports of the harness. */
import type { Clock, Timer } from '../../simulators/kernel/clock.ts';
import { invariant } from '../../simulators/kernel/errors.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import type { MemoryNetwork } from '../../simulators/network/memory-network.ts';
import type { Exchange, WireRequest } from '../../simulators/network/wire.ts';
import { createHangWatch, isHttpDoorThere } from './hang-watch.ts';
import { createHttpConversation } from './http-conversation.ts';
import { createLeash } from './module-leash.ts';
import type { Leash } from './module-leash.ts';
import { lightRequest, readResponse } from './module-http.ts';
import type { FetchedResponse, ModuleInstance, ModulePorts } from './module-ports.ts';
import { ModuleExit, watchExits } from './module-exit.ts';
import { moduleFolder } from './module-load.ts';
import { watchOutput } from './module-output.ts';
import { createOutputScan } from './output-scan.ts';
import { DEFAULT_READY_MICROS } from './readiness.ts';
import { createStore } from './module-store.ts';
import { watchUncaught } from './module-uncaught.ts';
import { fillCalls } from './filled-calls.ts';
import { fillRecord } from './placeholders.ts';
import type { RunningImplementation, StartContext } from './running.ts';

const HOST = 'implementation.test';
const BASE_URL = `http://${HOST}`;
const LAST_LINES = 40;
/** As long as for a command. */
const RESTART_MICROS = MICROS_PER_SECOND / 2;
const STOP_MICROS = 3 * MICROS_PER_SECOND;

/** What `call` gives, or undefined when it has not resolved in time. Rejects as it rejects. */
async function within<T>(
  clock: Clock,
  limitMicros: number,
  call: () => T | Promise<T>,
): Promise<T | undefined> {
  let timer: Timer | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = clock.after(
      limitMicros,
      () => {
        clock.touch();
        resolve(undefined);
      },
      { daemon: true },
    );
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    timer?.cancel();
  }
}

export async function startModule(context: StartContext): Promise<RunningImplementation> {
  const { ambient, description, taps } = context;
  const network = context.network as MemoryNetwork;
  const { clock, history, ids } = ambient;
  const create = context.module;
  invariant(create !== undefined, 'a module is loaded before its cell begins');
  const doc = fillCalls(description.doc, context.environment);
  const random = ambient.random.fork('implementation');
  const store = createStore();
  const env = fillRecord(
    description.doc.start.env,
    { ...context.environment, port: '80', 'policy.file': 'policy.json', 'data.dir': 'data' },
    'start.env',
  );
  const { policy } = context;
  const lastOutput: string[] = [];
  /** How far its clock is ahead, by faults. */
  let skewMicros = 0;
  let instance = 0;
  let leash: Leash = createLeash(clock, (error) => crashed(error));
  let running: ModuleInstance | undefined;
  let down = false;

  const said = (line: string): void => {
    lastOutput.push(line);
    if (lastOutput.length > LAST_LINES) lastOutput.shift();
  };

  const printedScan = createOutputScan(taps.output, async () => clock.touch());

  const portsOf = (held: Leash): ModulePorts => {
    const fetchIt = network.fetchAs((task) => held.enter(task));
    const number = instance;
    return {
      clock: {
        epochMillis: () => clock.epochMillis() + skewMicros / MICROS_PER_MILLI,
        after: (delayMs, task, options) =>
          held.timer(delayMs * MICROS_PER_MILLI, task, options?.daemon ?? false),
      },
      fetch: (url, options) =>
        held.alive ? fetchIt(url, options) : new Promise<FetchedResponse>(() => {}),
      connect: (host, port) =>
        held.promise(() => network.connect(host, port).then((stream) => held.stream(stream))),
      random: (length) => random.bytes(length),
      uuid: () => ids.uuid(),
      store: held.guardStore(store),
      env,
      policy,
      log: (line) => {
        if (!held.alive) return;
        said(line);
        const bytes = Buffer.byteLength(line) + 1;
        history.append({ kind: 'implementation.output', instance: number, stream: 'log', bytes });
        taps.output.scan(line);
      },
    };
  };

  /** It is gone without having been asked; why stands in its last lines. */
  const ended = (
    reason: 'crashed' | 'not-ready' | 'hung',
    why: string,
    code: number | null = null,
  ): void => {
    watch.suspend();
    leash.cut();
    printedScan.end();
    running = undefined;
    down = true;
    lastOutput.push(why);
    history.append({
      kind: 'implementation.exited',
      instance,
      code,
      signal: null,
      asked: false,
      ...(reason === 'crashed' ? {} : { reason }),
      lastLines: lastOutput.slice(-LAST_LINES),
    });
  };

  const watch = createHangWatch({
    clock,
    isThere: () => isHttpDoorThere(network, BASE_URL, description.doc.start.ready?.http),
    hung: () => {
      if (!leash.alive) return;
      ended('hung', 'fetch(request) no longer resolved');
      if (description.doc.start.restart === 'on-crash') beginLater(RESTART_MICROS);
    },
  });

  const crashed = (error: unknown): void => {
    if (!leash.alive) return;
    const wasReady = running !== undefined;
    if (error instanceof ModuleExit) ended('crashed', `it called ${error.message}`, error.code);
    else {
      // No stack: its paths are the machine's, and a history is the same everywhere.
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      ended('crashed', what, 1);
    }
    // What never got ready once would end again and again.
    if (wasReady && description.doc.start.restart === 'on-crash') beginLater(RESTART_MICROS);
  };

  /** The one wish to start that counts: a kill while it waits to be started takes its place. */
  let nextBegin: Timer | undefined;
  const beginLater = (delayMicros: number): void => {
    nextBegin?.cancel();
    nextBegin = clock.after(delayMicros, () => void begin());
  };

  const begin = async (): Promise<void> => {
    instance++;
    leash = createLeash(clock, (error) => {
      if (leash === mine) crashed(error);
    });
    const mine = leash;
    history.append({ kind: 'implementation.started', instance });
    clock.touch();
    const limit = description.doc.start.ready?.within ?? DEFAULT_READY_MICROS;
    let made: ModuleInstance | undefined;
    try {
      made = await within(clock, limit, () => create(portsOf(mine)));
    } catch (error) {
      if (leash === mine) crashed(error);
      return;
    }
    if (!mine.alive) return;
    if (made === undefined) {
      ended('not-ready', `create(ports) had not resolved after ${limit / MICROS_PER_SECOND} s`);
      return;
    }
    running = made;
    down = false;
    watch.resume();
    history.append({ kind: 'implementation.ready', instance });
  };

  const handle = (request: WireRequest): Exchange | Promise<Exchange> => {
    const serving = running;
    const mine = leash;
    if (serving === undefined || !mine.alive) return { kind: 'reset' };
    return mine.hold(() => {
      const answer = serving.fetch(lightRequest(request, BASE_URL));
      return answer instanceof Promise ? answer.then(readResponse) : readResponse(answer);
    });
  };
  const listener = network.registerHost(HOST, {
    accepts: () => running !== undefined && leash.alive,
    handle,
  });

  const kill = (afterMicros: number): void => {
    if (leash.alive) {
      leash.cut();
      printedScan.end();
      history.append({
        kind: 'implementation.exited',
        instance,
        code: null,
        signal: 'SIGKILL',
        asked: true,
      });
    }
    running = undefined;
    watch.suspend();
    listener.dropConnections();
    beginLater(afterMicros);
  };

  /** Its own orderly end; what it throws there is its crash. */
  const askToStop = async (): Promise<void> => {
    const asked = running;
    if (asked === undefined || !leash.alive) return;
    try {
      await within(clock, STOP_MICROS, async () => {
        await asked.stop();
        return true;
      });
    } catch (error) {
      crashed(error);
    }
  };

  const unwatchUncaught = watchUncaught(moduleFolder(description), (error) => {
    clock.touch();
    crashed(error);
  });
  const unwatchExits = watchExits(crashed);
  const unwatchOutput = watchOutput((stream, chunk) => {
    // What is dead prints nothing.
    if (!leash.alive) return;
    clock.touch();
    const { length: bytes } = chunk;
    history.append({ kind: 'implementation.output', instance, stream, bytes });
    context.outputLog?.write(instance, chunk);
    printedScan.take(stream, chunk);
    for (const line of chunk.toString().split(/\r?\n/)) if (line !== '') said(line);
  });
  await begin();
  return {
    conversation: watch.over(
      createHttpConversation({ doc, network, baseUrl: BASE_URL, tap: taps.api }),
    ),
    baseUrl: BASE_URL,
    get down() {
      return down;
    },
    get undecided() {
      return watch.undecided;
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
          void askToStop();
          kill(Number(params['down'] ?? MICROS_PER_SECOND));
          return () => {};
        },
        'clock-skew': ({ params, ledger }) => {
          const by = Number(params['by'] ?? 0) * (params['direction'] === 'behind' ? -1 : 1);
          ledger.touched(`set its clock ${by / MICROS_PER_SECOND} s ahead`);
          skewMicros += by;
          return () => {
            skewMicros -= by;
          };
        },
        pause: ({ ledger }) => {
          ledger.touched('stopped it');
          const paused = leash;
          paused.pause();
          watch.suspend();
          return () => {
            paused.resume();
            if (leash === paused && running !== undefined) watch.resume();
          };
        },
      },
    },
    scanEvidence: () => {
      const unmatched = doc.evidence?.files;
      if (unmatched !== undefined) {
        history.append({ kind: 'implementation.evidence', files: 0, unmatched, unread: [] });
      }
      for (const [key, text] of store.entries()) taps.files.scan(`${key} ${text}`);
    },
    stop: async () => {
      nextBegin?.cancel();
      watch.suspend();
      await askToStop();
      if (leash.alive) {
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
      unwatchUncaught();
      unwatchExits();
      unwatchOutput();
      printedScan.end();
      await printedScan.finish();
      context.outputLog?.close();
      await listener.close();
    },
  };
}
