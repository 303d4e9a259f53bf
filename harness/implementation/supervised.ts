/**
 * A life of what is under test, whatever it runs in: started, got ready, watched, killed and
 * started again by faults, stopped. Processes and containers differ only in their `Child`.
 */
import { MICROS_PER_SECOND, sleep } from '../../simulators/kernel/clock.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Child, ChildHooks } from './child.ts';
import { LAST_LINES } from './child.ts';
import type { DescriptionDoc } from './description-schema.ts';
import { scanFiles } from './evidence.ts';
import { createHangWatch, isHttpDoorThere, QUESTION_MICROS } from './hang-watch.ts';
import { createHttpConversation } from './http-conversation.ts';
import { createOutputScan } from './output-scan.ts';
import type { Conversation } from './interface.ts';
import type { Readiness } from './readiness.ts';
import { untilReady } from './readiness.ts';
import { WITHOUT_CLOCK } from './running.ts';
import type { RunningImplementation, StartContext } from './running.ts';
import type { StdioConversation } from './stdio-conversation.ts';
import { createStdioConversation } from './stdio-conversation.ts';

/** A pause before it is started again, as a supervisor makes it. */
const RESTART_MICROS = MICROS_PER_SECOND / 2;
const DRAIN_MICROS = MICROS_PER_SECOND / 5;
const BYE_LIMIT_MICROS = MICROS_PER_SECOND;
const STOP_LIMIT_MICROS = 3 * MICROS_PER_SECOND;
/** How often a start that waits looks whether somebody asked for an early end. */
const STOP_LOOK_MICROS = MICROS_PER_SECOND / 20;

/** One process or container of it. */
export interface Part {
  start(hooks: ChildHooks): Promise<Child>;
  /** What the next part waits for. */
  readonly ready: Readiness | undefined;
}

export interface Program {
  /** With its placeholders filled in `send`. */
  readonly doc: DescriptionDoc;
  readonly parts: readonly Part[];
  readonly readiness: Readiness;
  /** Where its doors are: `127.0.0.1`, or a container's address. */
  readonly host: string;
  readonly baseUrl: string;
  /** When everything has stopped for good: takes away what it ran in. */
  close?(): Promise<void>;
}

/** Starts it and looks after it until it is stopped. */
export async function supervise(
  context: StartContext,
  program: Program,
): Promise<RunningImplementation> {
  const { ambient, network, taps } = context;
  const { clock, history } = ambient;
  const { doc, baseUrl, readiness, host } = program;
  const stdio = 'stdio' in doc.send;
  const stopped = context.stopped ?? (() => false);
  const outputScan = createOutputScan(taps.output, () => sleep(clock, 0, { daemon: true }));
  let children: Child[] = [];
  let instance = 0;
  let stopping = false;
  let down = true;
  let conversation: Conversation | undefined;
  let stdioSide: StdioConversation | undefined;

  const output = (stream: 'stdout' | 'stderr', chunk: Buffer): void => {
    if (stdio && stream === 'stdout') {
      stdioSide?.received(chunk);
      return;
    }
    history.append({ kind: 'implementation.output', instance, stream, bytes: chunk.length });
    context.outputLog?.write(instance, chunk);
    outputScan.take(stream, chunk);
  };

  const watch = createHangWatch({
    clock,
    isThere: () =>
      stdioSide?.isThere(QUESTION_MICROS) ?? isHttpDoorThere(network, baseUrl, readiness.http),
    hung: () => {
      if (stopping || ended >= instance) return;
      endedBadly(instance, 'hung', lastLines());
      stdioSide?.closed('it hung and was ended');
      for (const child of children) child.signal('SIGKILL');
      if (doc.start.restart === 'on-crash') void startAgain(++turn, RESTART_MICROS);
    },
  });

  const launch = async (): Promise<void> => {
    watch.suspend();
    instance++;
    const number = instance;
    history.append({ kind: 'implementation.started', instance });
    children = [];
    let why: string | undefined;
    for (const [at, { start, ready: next }] of program.parts.entries()) {
      const child = await start({
        onOutput: output,
        onFlood: (stream) => {
          context.outputLog?.note(`what more it printed on ${stream} was dropped`);
          history.append({
            kind: 'implementation.output',
            instance: number,
            stream,
            bytes: 0,
            flooded: true,
          });
        },
        onExit: (code, signal) => exited(number, code, signal),
        onLeftBehind: (commands) => {
          context.outputLog?.note(
            `it had left running, and this was ended: ${commands.join(', ')}`,
          );
        },
        drain: () => sleep(clock, DRAIN_MICROS, { daemon: true }),
      });
      children.push(child);
      // Several programs of one implementation need each other in the order given.
      if (next !== undefined) why = await untilReady(next, probe(`start.command.${at}.ready`));
      if (why !== undefined) break;
    }
    const pipe = children[0]!;
    if (stdio) {
      stdioSide = createStdioConversation({
        doc,
        clock,
        pipe,
        onGarbage: (lines) => {
          const bytes = Buffer.byteLength(lines);
          history.append({
            kind: 'implementation.output',
            instance: number,
            stream: 'stdout',
            bytes,
          });
          context.outputLog?.write(number, Buffer.from(lines));
          taps.output.scan(lines);
        },
      });
      conversation = watch.over(stdioSide);
    }
    why ??= await ready();
    if (why === undefined) {
      down = false;
      watch.resume();
      history.append({ kind: 'implementation.ready', instance });
      return;
    }
    // An end of its own says more than that it did not get ready.
    await Promise.all(children.filter((child) => child.gone).map((child) => child.exited));
    if (!stopping && !stopped() && ended < number) {
      endedBadly(number, 'not-ready', lastLines(), why);
    }
  };

  const endedBadly = (
    number: number,
    reason: 'not-ready' | 'hung',
    said: readonly string[],
    why?: string,
  ): void => {
    ended = number;
    down = true;
    watch.suspend();
    history.append({
      kind: 'implementation.exited',
      instance: number,
      code: null,
      signal: null,
      asked: false,
      reason,
      ...(why === undefined ? {} : { why }),
      lastLines: said,
    });
  };

  let asked = false;
  let ended = 0;
  const exited = (number: number, code: number | null, signal: string | null): void => {
    stdioSide?.closed('it exited');
    outputScan.end();
    // The first of several programs to go takes the others with it: one instance, one exit.
    if (ended >= number) return;
    ended = number;
    watch.suspend();
    const unasked = !asked && !stopping;
    history.append({
      kind: 'implementation.exited',
      instance: number,
      code,
      signal,
      asked: !unasked,
      ...(unasked ? { lastLines: lastLines() } : {}),
    });
    if (!unasked) return;
    const wasReady = !down;
    down = true;
    for (const child of children) child.signal('SIGKILL');
    // What never got ready once would end again and again.
    if (doc.start.restart === 'on-crash' && wasReady) void startAgain(++turn, RESTART_MICROS);
  };
  const lastLines = (): string[] => children.flatMap((child) => child.lastLines).slice(-LAST_LINES);
  /** The latest wish to start: an earlier one that still waits gives way. */
  let turn = 0;
  const startAgain = async (mine: number, afterMicros: number): Promise<void> => {
    await Promise.all(children.map((child) => child.exited));
    if (afterMicros > 0) await sleep(clock, afterMicros);
    if (stopping || mine !== turn) return;
    asked = false;
    try {
      await launch();
    } catch (error) {
      // What could be started once can be no more: nothing runs, and that is judged.
      if (!(error instanceof BellwetherError)) throw error;
      endedBadly(instance, 'not-ready', [], error.message);
    }
  };

  const probe = (where = 'start.ready') => ({
    clock,
    network,
    baseUrl,
    host,
    children,
    where,
    stopped,
  });
  /** Its answer, unless somebody asks for an early end before; undefined: it is ready. */
  const saysHello = async (): Promise<string | undefined> => {
    let answered: { readonly problem: string | undefined } | undefined;
    const hello = stdioSide!.hello(readiness.within).then((problem) => {
      answered = { problem };
    });
    while (answered === undefined && !stopped()) {
      await Promise.race([hello, sleep(clock, STOP_LOOK_MICROS, { daemon: true })]);
    }
    return answered === undefined ? 'nobody waited any more' : answered.problem;
  };
  const ready = async (): Promise<string | undefined> =>
    stdio ? saysHello() : untilReady(readiness, probe());

  const killThenStart = (downMicros: number): void => {
    asked = true;
    watch.suspend();
    for (const child of children) child.signal('SIGKILL');
    void startAgain(++turn, downMicros);
  };

  const current = (): Conversation => {
    conversation ??= watch.over(createHttpConversation({ doc, network, baseUrl, tap: taps.api }));
    return conversation;
  };

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    watch.suspend();
    for (const child of children) child.signal('SIGCONT');
    const gone = Promise.all(children.map((child) => child.exited));
    const within = (micros: number): Promise<unknown> =>
      Promise.race([gone, sleep(clock, micros, { daemon: true })]);
    // bye ends a stdio implementation politely; signals end whoever stays.
    if (stdioSide !== undefined && !down) {
      const said = stdioSide.bye();
      await Promise.race([said, within(BYE_LIMIT_MICROS)]);
    }
    for (const child of children) child.signal('SIGTERM');
    await within(STOP_LIMIT_MICROS);
    // Also what it started and left behind in its group.
    for (const child of children) child.signal('SIGKILL');
    await gone;
    outputScan.end();
    await outputScan.finish();
    context.outputLog?.close();
    await program.close?.();
  };

  try {
    await launch();
  } catch (error) {
    stopping = true;
    for (const child of children) child.signal('SIGKILL');
    await Promise.all(children.map((child) => child.exited));
    context.outputLog?.close();
    await program.close?.();
    throw error;
  }
  return {
    get conversation() {
      return current();
    },
    baseUrl: stdio ? undefined : baseUrl,
    get down() {
      return down;
    },
    get undecided() {
      return watch.undecided;
    },
    get lastOutput() {
      return lastLines();
    },
    target: {
      path: 'implementation',
      kind: 'implementation',
      without: WITHOUT_CLOCK,
      verbs: {
        kill: ({ params }) => {
          killThenStart(Number(params['down'] ?? 0));
          return () => {};
        },
        restart: ({ params }) => {
          killThenStart(Number(params['down'] ?? 0));
          return () => {};
        },
        pause: ({ ledger }) => {
          ledger.touched('stopped it (SIGSTOP)');
          watch.suspend();
          for (const child of children) child.signal('SIGSTOP');
          return () => {
            for (const child of children) child.signal('SIGCONT');
            if (!down && !stopping) watch.resume();
          };
        },
      },
    },
    scanEvidence: () => {
      const named = doc.evidence?.files;
      const read = scanFiles(context.folder!, named ?? ['data/**'], taps.files);
      const { files, unread } = read;
      const unmatched = named === undefined ? [] : read.unmatched;
      history.append({ kind: 'implementation.evidence', files, unmatched, unread });
    },
    stop,
  };
}
