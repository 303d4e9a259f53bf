/** `start: { command: … }`: child processes in wall time, with real sockets. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MICROS_PER_SECOND, sleep } from '../../simulators/kernel/clock.ts';
import { BellwetherError, invariant } from '../../simulators/kernel/errors.ts';
import type { Child } from './child.ts';
import { LAST_LINES, startChild } from './child.ts';
import type { DescriptionDoc } from './description-schema.ts';
import { scanFiles } from './evidence.ts';
import { createHangWatch, isHttpDoorThere, QUESTION_MICROS } from './hang-watch.ts';
import { createHttpConversation } from './http-conversation.ts';
import { createOutputScan } from './output-scan.ts';
import { renderFiles } from './rendered-files.ts';
import type { Conversation } from './interface.ts';
import { holdPorts } from './own-ports.ts';
import { fillDeep, fillPlaceholders, fillRecord } from './placeholders.ts';
import type { Readiness } from './readiness.ts';
import { untilReady } from './readiness.ts';
import type { RunningImplementation, StartContext } from './running.ts';
import type { StdioConversation } from './stdio-conversation.ts';
import { createStdioConversation } from './stdio-conversation.ts';

/** A pause before it is started again, as a supervisor makes it. */
const RESTART_MICROS = MICROS_PER_SECOND / 2;
const DRAIN_MICROS = MICROS_PER_SECOND / 5;
const BYE_LIMIT_MICROS = MICROS_PER_SECOND;
const STOP_LIMIT_MICROS = 3 * MICROS_PER_SECOND;

interface CommandLine {
  readonly run: readonly string[];
  /** What the next command waits for. */
  readonly ready: Readiness | undefined;
}

type Commands = NonNullable<DescriptionDoc['start']['command']>;

function isOneLine(command: Commands): command is string[] {
  return typeof command[0] === 'string';
}

/** `[node, server.js]` is one command; otherwise each entry is one, with or without `ready`. */
function commandsOf(command: Commands): CommandLine[] {
  if (isOneLine(command)) return [{ run: command, ready: undefined }];
  return command.map((one) =>
    Array.isArray(one) ? { run: one, ready: undefined } : { run: one.run, ready: one.ready },
  );
}

function missingFolder(folder: string): BellwetherError {
  return new BellwetherError(`start.working-directory: there is no folder ${folder}`, {
    code: 'IMPLEMENTATION_FOLDER',
    blame: 'author',
    hint: 'The path is relative to implementation.yaml; ${work.dir} is an empty one of each cell.',
  });
}

/** For a configuration that needs several doors of its own: `port`, `port.2`, `port.3`. */
const OWN_PORTS = 3;

/** Writes the policy and the rendered files; returns every placeholder this start knows. */
function prepare(context: StartContext, ports: readonly number[]): Record<string, string> {
  const { description, environment, policy } = context;
  const folder = context.folder!;
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const policyFile = join(folder, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(policy, null, 2));
  const caFile = join(folder, 'ca.pem');
  if (environment['ca.pem'] !== undefined) writeFileSync(caFile, environment['ca.pem']);
  const [port, port2, port3] = ports.map(String);
  invariant(port !== undefined && port2 !== undefined && port3 !== undefined, 'three own ports');
  const values: Record<string, string> = {
    ...environment,
    port,
    url: `http://127.0.0.1:${port}`,
    'policy.file': policyFile,
    'data.dir': data,
    'work.dir': folder,
    'ca.file': caFile,
    'description.dir': description.folder,
    'port.2': port2,
    'port.3': port3,
  };
  renderFiles(description, folder, values);
  return values;
}

export async function startCommand(context: StartContext): Promise<RunningImplementation> {
  const { ambient, description, network, taps } = context;
  const { clock, history } = ambient;
  const ports = await holdPorts(OWN_PORTS);
  let values: Record<string, string>;
  try {
    values = prepare(context, ports.numbers);
  } finally {
    // Released before the spawn, not earlier: meanwhile nobody else can be given one of them.
    await ports.release();
  }
  const doc: DescriptionDoc = {
    ...description.doc,
    send: fillDeep(description.doc.send, values, 'send'),
  };
  const baseUrl = values['url']!;
  const env = fillRecord(doc.start.env, values, 'start.env');
  const commands = fillDeep(commandsOf(doc.start.command!), values, 'start.command');
  const readiness = fillDeep(doc.start.ready ?? {}, values, 'start.ready');
  const workingDirectory = doc.start['working-directory'];
  const folder =
    workingDirectory === undefined
      ? description.folder
      : resolve(
          description.folder,
          fillPlaceholders(workingDirectory, values, 'start.working-directory'),
        );
  if (!existsSync(folder)) throw missingFolder(folder);
  const stdio = 'stdio' in doc.send;
  const outputScan = createOutputScan(taps.output);
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
    let failed = false;
    for (const { run, ready: next } of commands) {
      const child = await startChild({
        command: run,
        folder,
        env,
        onOutput: output,
        onFlood: (stream) =>
          history.append({
            kind: 'implementation.output',
            instance: number,
            stream,
            bytes: 0,
            flooded: true,
          }),
        onExit: (code, signal) => exited(number, code, signal),
        drain: () => sleep(clock, DRAIN_MICROS, { daemon: true }),
      });
      children.push(child);
      // Several programs of one implementation need each other in the order given.
      failed = next !== undefined && !(await untilReady(next, probe()));
      if (failed) break;
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
          taps.output.scan(lines);
        },
      });
      conversation = watch.over(stdioSide);
    }
    if (!failed && (await ready())) {
      down = false;
      watch.resume();
      history.append({ kind: 'implementation.ready', instance });
      return;
    }
    // An end of its own says more than that it did not get ready.
    await Promise.all(children.filter((child) => child.gone).map((child) => child.exited));
    if (!stopping && ended < number) endedBadly(number, 'not-ready', lastLines());
  };

  const endedBadly = (
    number: number,
    reason: 'not-ready' | 'hung',
    said: readonly string[],
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
      lastLines: said,
    });
  };

  let asked = false;
  let ended = 0;
  const exited = (number: number, code: number | null, signal: string | null): void => {
    stdioSide?.closed('it exited');
    outputScan.flush();
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
      endedBadly(instance, 'not-ready', [error.message]);
    }
  };

  const probe = () => ({ clock, network, baseUrl, children });
  const ready = async (): Promise<boolean> => {
    if (stdio) return (await stdioSide!.hello(readiness.within)) === undefined;
    return untilReady(readiness, probe());
  };

  const killThenStart = (downMicros: number): void => {
    asked = true;
    watch.suspend();
    for (const child of children) child.signal('SIGKILL');
    void startAgain(++turn, downMicros);
  };

  const current = (): Conversation => {
    conversation ??= watch.over(createHttpConversation({ doc, network, baseUrl }));
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
    outputScan.flush();
  };

  try {
    await launch();
  } catch (error) {
    stopping = true;
    for (const child of children) child.signal('SIGKILL');
    await Promise.all(children.map((child) => child.exited));
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
    get lastOutput() {
      return lastLines();
    },
    target: {
      path: 'implementation',
      kind: 'implementation',
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
      const patterns = doc.evidence?.files ?? ['data/**'];
      scanFiles(context.folder!, patterns, taps.files);
    },
    stop,
  };
}
