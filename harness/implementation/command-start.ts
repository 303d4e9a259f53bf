/** `start: { command: … }`: child processes in wall time, with real sockets. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BellwetherError, invariant } from '../../simulators/kernel/errors.ts';
import { startChild } from './child.ts';
import type { DescriptionDoc } from './description-schema.ts';
import { renderFiles } from './rendered-files.ts';
import { holdPorts } from './own-ports.ts';
import { fillCalls } from './filled-calls.ts';
import { fillDeep, fillPlaceholders, fillRecord } from './placeholders.ts';
import type { OpenReach } from './reach.ts';
import { openReach } from './reach.ts';
import type { Readiness } from './readiness.ts';
import type { RunningImplementation, StartContext } from './running.ts';
import { supervise } from './supervised.ts';

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

function pick(from: Readonly<Record<string, string>>, name: string): Record<string, string> {
  const value = from[name];
  return value === undefined ? {} : { [name]: value };
}

/** For a configuration that needs several doors of its own: `port`, `port.2`, `port.3`. */
const OWN_PORTS = 3;

/** Writes the policy and the rendered files; returns every placeholder this start knows. */
function prepare(
  context: StartContext,
  ports: readonly number[],
  reach: OpenReach,
): Record<string, string> {
  const { description, environment, policy } = context;
  const folder = context.folder!;
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const policyFile = join(folder, 'policy.json');
  writeFileSync(policyFile, JSON.stringify(policy, null, 2));
  const caFile = join(folder, 'ca.pem');
  const caPem = context.network.caPem ?? environment['ca.pem'];
  if (caPem !== undefined) writeFileSync(caFile, caPem);
  const [port, port2, port3] = ports.map(String);
  invariant(port !== undefined && port2 !== undefined && port3 !== undefined, 'three own ports');
  const values: Record<string, string> = {
    ...environment,
    ...reach.values,
    'ca.pem': caPem ?? '',
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
  const { ambient, description, network } = context;
  const reach = await openReach(description.doc, ambient, network);
  const ports = await holdPorts(OWN_PORTS);
  let values: Record<string, string>;
  try {
    values = prepare(context, ports.numbers, reach);
  } finally {
    // Released before the spawn, not earlier: meanwhile nobody else can be given one of them.
    await ports.release();
  }
  const doc = fillCalls(description.doc, values);
  const baseUrl = values['url']!;
  const asked = fillRecord(doc.start.env, values, 'start.env');
  const led = reach.variables(values['ca.file']!, asked['NODE_OPTIONS']);
  // What the description sets itself stands, but for NODE_OPTIONS, which are in `led` with ours.
  const env = { ...led, ...asked, ...pick(led, 'NODE_OPTIONS') };
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
  return supervise(context, {
    doc,
    readiness,
    host: '127.0.0.1',
    baseUrl,
    parts: commands.map(({ run, ready }) => ({
      ready,
      start: (hooks) => startChild({ command: run, folder, env, ...hooks }),
    })),
  });
}
