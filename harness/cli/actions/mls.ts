import { relative, resolve } from 'node:path';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createWallClock } from '../../../simulators/kernel/wall-clock.ts';
import { serveStack } from '../../../simulators/network/mls-grpc/server.ts';
import { createLocalStack } from '../../../simulators/protocol/mls/stack/local-stack.ts';
import { BellwetherError } from '../../../simulators/kernel/errors.ts';
import { StackError } from '../../../simulators/protocol/mls/stack/types.ts';
import type { MlsStack } from '../../../simulators/protocol/mls/stack/types.ts';
import { openReporters } from '../../../reports/multiplexer.ts';
import { projectVersion } from '../../compose.ts';
import { findDescription } from '../../implementation/description.ts';
import { runConformance } from '../../mls/conformance.ts';
import { loadStackDescription } from '../../mls/description.ts';
import { stackReport } from '../../mls/report.ts';
import { createStackProcess } from '../../mls/stack-process.ts';
import type { StackProcess } from '../../mls/stack-process.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { interruptible } from '../interruptible.ts';
import { newRunFolder, outputOf, reporterNames } from '../run-output.ts';
import { wholeNumber } from '../scenario-arguments.ts';

export interface MlsOptions {
  readonly implementation?: string;
  readonly serve?: string;
  readonly seed: string;
  readonly stories: string;
  readonly timeout: string;
  readonly only?: string;
  readonly out: string;
  readonly reporter: readonly string[];
}

const LONGEST_TIMEOUT_SECONDS = 600;
/** Cells of a stack have no time of their own, and no messages that people see. */
const NO_CLOCK = { micros: 0, endsAtMicros: 0, phase: 'main', messages: 0, displayed: 0 } as const;

/** Its keys come from the seed: for tests, never for anything that has to stay secret. */
function ourStack(clock: { epochMillis: () => number }, seed: number): MlsStack {
  const random = createRandom(seed).fork('reference stack');
  return createLocalStack({
    random: (length) => random.bytes(length),
    nowSeconds: () => Math.floor(clock.epochMillis() / 1_000),
  });
}

async function serve(port: string, options: MlsOptions, context: CliContext): Promise<number> {
  const clock = createWallClock();
  const seed = wholeNumber(options.seed, '--seed', 0, Number.MAX_SAFE_INTEGER);
  const wanted = wholeNumber(port, '--serve', 0, 65_535);
  // What goes wrong is told in one message: ours.
  setLogVerbosity(logVerbosity.NONE);
  const served = await serveStack(ourStack(clock, seed), '127.0.0.1', wanted);
  context.stdout.write(`mls_client.MLSClient at 127.0.0.1:${served.port}; Ctrl-C ends it\n`);
  const { signal, done } = interruptible(clock);
  await new Promise<void>((resolveStop) => {
    signal.addEventListener('abort', () => resolveStop());
  });
  done();
  await served.close();
  return EXIT.pass;
}

/** Throws IMPLEMENTATION_STACK_GONE when it does not answer at all. */
async function answering(peer: StackProcess, name: string): Promise<void> {
  try {
    await (await peer.stack()).call('Name', {});
  } catch (cause) {
    if (!(cause instanceof StackError)) throw cause;
    throw new BellwetherError(`${name} does not answer: ${cause.message}`, {
      code: 'IMPLEMENTATION_STACK_GONE',
      blame: 'environment',
      hint: 'Does it serve mls_client.MLSClient in plain text at the port that start names?',
      cause,
    });
  }
}

async function judge(options: MlsOptions, context: CliContext): Promise<number> {
  const { workingDirectory } = context;
  const clock = createWallClock();
  const began = new Date(clock.epochMillis()).toISOString();
  const names = reporterNames(options.reporter);
  const seed = wholeNumber(options.seed, '--seed', 0, Number.MAX_SAFE_INTEGER);
  const randomStories = wholeNumber(options.stories, '--stories', 0, 1_000);
  const seconds = wholeNumber(options.timeout, '--timeout', 1, LONGEST_TIMEOUT_SECONDS);
  const file = findDescription(options.implementation, workingDirectory);
  const description = loadStackDescription(file, workingDirectory);
  const { id, folder } = newRunFolder(resolve(workingDirectory, options.out), began);
  const facts = {
    id,
    began,
    planHash: `mls-${projectVersion()}-${seed}`,
    command: `bellwether ${context.argv.join(' ')}`,
    node: process.version,
    folder: relative(workingDirectory, folder),
  };
  const reporters = openReporters(names, outputOf(context, folder), (note) =>
    context.stderr.write(note),
  );
  const { signal, done } = interruptible(clock);
  const timeoutMillis = seconds * 1_000;
  const peer = createStackProcess({ description, clock, timeoutMillis });
  const elapsedMillis = (): number => clock.now() / 1_000;
  try {
    await answering(peer, description.name);
    const { planned, cells } = await runConformance({
      tested: () => peer.stack(),
      name: description.name,
      reference: ourStack(clock, seed),
      seed,
      randomStories,
      ...(options.only === undefined ? {} : { only: options.only }),
      signal,
      onPlanned: (cells) => {
        if (cells === 0) return;
        reporters.begin({ cells, implementation: description.name, run: { ...facts, wallMs: 0 } });
      },
      onBegin: (cell, cellsDone, planned) =>
        reporters.progress({
          ...NO_CLOCK,
          cell,
          cellsDone,
          cells: planned,
          wallMs: Math.round(elapsedMillis()),
        }),
      onCell: (cell) => reporters.cell(cell),
      elapsedMillis,
      replayOf: (cell) =>
        `bellwether mls -i ${relative(workingDirectory, file)} --seed ${seed} ` +
        `--only '${cell.replace(/ #\d+$/, '')}'`,
    });
    if (planned === 0) {
      const why =
        options.only === undefined
          ? `${description.name} has no cipher suite that ours has`
          : `there is no cell with ${options.only} in its id to ask ${description.name}`;
      context.stderr.write(`${why}\n`);
      return EXIT.inconclusive;
    }
    const report = stackReport({
      version: projectVersion(),
      run: { ...facts, wallMs: Math.round(elapsedMillis()) },
      name: description.name,
      stackVersion: description.version,
      start: description.start.kind,
      planned,
      cells,
    });
    reporters.end(report);
    return report.exitCode;
  } finally {
    done();
    await peer.stop();
  }
}

/** Judges the stack that is described, or serves ours at a port; the exit code. */
export function mls(options: MlsOptions, context: CliContext): Promise<number> {
  const { serve: port } = options;
  return port === undefined ? judge(options, context) : serve(port, options, context);
}
