/** `start: { command: … }`: child processes in wall time, with real sockets. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { MICROS_PER_SECOND, sleep } from '../../simulators/kernel/clock.ts';
import type { Child } from './child.ts';
import { startChild } from './child.ts';
import { scanFiles } from './evidence.ts';
import { createHttpConversation } from './http-conversation.ts';
import type { Conversation } from './interface.ts';
import { fillPlaceholders, fillRecord } from './placeholders.ts';
import type { RunningImplementation, StartContext } from './running.ts';
import type { StdioConversation } from './stdio-conversation.ts';
import { createStdioConversation } from './stdio-conversation.ts';

const DEFAULT_READY_MICROS = 30 * MICROS_PER_SECOND;
const READY_PROBE_MICROS = 50_000;
const STOP_LIMIT_MICROS = 3 * MICROS_PER_SECOND;

/** A port that was free a moment ago; the implementation must be told one before it listens. */
function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

function commandsOf(command: readonly string[] | readonly (readonly string[])[]): string[][] {
  const list = command as readonly (string | readonly string[])[];
  return typeof list[0] === 'string' ? [list as string[]] : list.map((one) => [...(one as string[])]);
}

/** Writes the policy and the rendered files; returns every placeholder this start knows. */
async function prepare(context: StartContext): Promise<Record<string, string>> {
  const { description, environment, policy } = context;
  const folder = context.folder!;
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const policyFile = join(folder, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(policy, null, 2));
  const caFile = join(folder, 'ca.pem');
  if (environment['ca.pem'] !== undefined) writeFileSync(caFile, environment['ca.pem']);
  const port = String(await freePort());
  const values: Record<string, string> = {
    ...environment,
    port,
    url: `http://127.0.0.1:${port}`,
    'policy.file': policyFile,
    'data.dir': data,
    'work.dir': folder,
    'ca.file': caFile,
    'description.dir': description.folder,
    // More for a configuration that needs several doors of its own.
    'port.2': String(await freePort()),
    'port.3': String(await freePort()),
  };
  for (const [target, template] of Object.entries(description.doc.start.files ?? {})) {
    const file = join(folder, target);
    mkdirSync(dirname(file), { recursive: true });
    const text = readFileSync(resolve(description.folder, template), 'utf8');
    writeFileSync(file, fillPlaceholders(text, values, template));
  }
  return values;
}

export async function startCommand(context: StartContext): Promise<RunningImplementation> {
  const { ambient, description, network, taps } = context;
  const { clock, history } = ambient;
  const { doc } = description;
  const values = await prepare(context);
  const baseUrl = values['url']!;
  const env = fillRecord(doc.start.env, values, 'start.env');
  const commands = commandsOf(doc.start.command!).map((command) =>
    command.map((word) => fillPlaceholders(word, values, 'start.command')),
  );
  const workingDirectory = doc.start['working-directory'];
  const folder =
    workingDirectory === undefined
      ? description.folder
      : resolve(description.folder, fillPlaceholders(workingDirectory, values, 'start.working-directory'));
  const stdio = 'stdio' in doc.send;
  let children: Child[] = [];
  let instance = 0;
  let stopping = false;
  let down = false;
  let conversation: Conversation | undefined;
  let stdioSide: StdioConversation | undefined;

  const output = (stream: 'stdout' | 'stderr', chunk: Buffer): void => {
    if (stdio && stream === 'stdout') {
      stdioSide?.received(chunk.toString('utf8'));
      return;
    }
    history.append({ kind: 'implementation.output', instance, stream, bytes: chunk.length });
    taps.output.scan(chunk);
  };

  const launch = async (): Promise<void> => {
    instance++;
    const number = instance;
    history.append({ kind: 'implementation.started', instance });
    children = [];
    for (const command of commands) {
      const child = await startChild({
        command,
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
      });
      children.push(child);
    }
    const pipe = children[0]!;
    if (stdio) {
      stdioSide = createStdioConversation({
        doc,
        clock,
        pipe,
        onGarbage: (line) => {
          history.append({
            kind: 'implementation.output',
            instance: number,
            stream: 'stdout',
            bytes: line.length,
          });
          taps.output.scan(line);
        },
      });
    }
    if (await ready()) {
      down = false;
      history.append({ kind: 'implementation.ready', instance });
    } else if (!stopping) {
      down = true;
      history.append({
        kind: 'implementation.exited',
        instance,
        code: null,
        signal: null,
        asked: false,
        reason: 'not-ready',
      });
    }
  };

  let asked = false;
  const exited = (number: number, code: number | null, signal: string | null): void => {
    stdioSide?.closed('it exited');
    history.append({
      kind: 'implementation.exited',
      instance: number,
      code,
      signal,
      asked: asked || stopping,
    });
    if (asked || stopping) return;
    down = true;
    for (const child of children) child.signal('SIGKILL');
    if (doc.start.restart === 'on-crash') void launch();
  };

  const ready = async (): Promise<boolean> => {
    const limit = clock.now() + (doc.start.ready?.within ?? DEFAULT_READY_MICROS);
    const { http, output: pattern } = doc.start.ready ?? {};
    if (stdio) return (await stdioSide!.hello()) === undefined;
    while (clock.now() < limit) {
      if (children.some((child) => child.gone)) return false;
      if (http === undefined && pattern === undefined) return true;
      if (pattern !== undefined) {
        const seen = new RegExp(pattern);
        if (children.some((child) => child.lastLines.some((line) => seen.test(line)))) return true;
      }
      if (http !== undefined) {
        const url = `${baseUrl}${http}`;
        const result = await network.request({ method: 'GET', url, headers: {}, timeoutMicros: MICROS_PER_SECOND });
        if (result.kind === 'answer' && result.response.status < 400) return true;
      }
      await sleep(clock, READY_PROBE_MICROS, { daemon: true });
    }
    return false;
  };

  const killAll = async (): Promise<void> => {
    asked = true;
    for (const child of children) child.signal('SIGKILL');
    await Promise.all(children.map((child) => child.exited));
  };
  const killThenStart = async (downMicros: number): Promise<void> => {
    await killAll();
    if (downMicros > 0) await sleep(clock, downMicros);
    asked = false;
    if (!stopping) await launch();
  };

  const current = (): Conversation => {
    if (stdioSide !== undefined) return stdioSide;
    conversation ??= createHttpConversation({ doc, network, baseUrl });
    return conversation;
  };

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // bye ends a stdio implementation politely; signals end whoever stays.
    if (stdioSide !== undefined && !down) void stdioSide.bye();
    for (const child of children) {
      child.signal('SIGCONT');
      child.signal('SIGTERM');
    }
    const gone = Promise.all(children.map((child) => child.exited));
    await Promise.race([gone, sleep(clock, STOP_LIMIT_MICROS, { daemon: true })]);
    for (const child of children) child.signal('SIGKILL');
    await gone;
  };

  try {
    await launch();
  } catch (error) {
    stopping = true;
    for (const child of children) child.signal('SIGKILL');
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
      return children.flatMap((child) => child.lastLines);
    },
    target: {
      path: 'implementation',
      kind: 'implementation',
      verbs: {
        kill: ({ params }) => {
          void killThenStart(Number(params['down'] ?? 0));
          return () => {};
        },
        restart: ({ params }) => {
          void killThenStart(Number(params['down'] ?? 0));
          return () => {};
        },
        pause: () => {
          for (const child of children) child.signal('SIGSTOP');
          return () => {
            for (const child of children) child.signal('SIGCONT');
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
