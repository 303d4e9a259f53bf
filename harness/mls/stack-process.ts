/** A stack's server: started, asked, started anew when it was gone, stopped at the end. */
import { createServer } from 'node:net';
import type { Clock } from '../../simulators/kernel/clock.ts';
import { connectStack } from '../../simulators/network/mls-grpc/client.ts';
import type { RemoteStack } from '../../simulators/network/mls-grpc/client.ts';
import type { MlsStack } from '../../simulators/protocol/mls/stack/types.ts';
import { StackError } from '../../simulators/protocol/mls/stack/types.ts';
import { startChild } from '../implementation/child.ts';
import type { Child } from '../implementation/child.ts';
import type { StackDescription } from './description.ts';

export interface StackProcess {
  /** The running stack; throws `StackError` of kind `gone` when it cannot be had. */
  stack(): Promise<MlsStack>;
  stop(): Promise<void>;
}

export interface StackProcessOptions {
  readonly description: StackDescription;
  readonly clock: Clock;
  /** How long one call may take. */
  readonly timeoutMillis: number;
}

const READY_WITHIN_MILLIS = 15_000;
/** A server that dies in every cell is not started for ever. */
const MOST_STARTS = 20;
const DRAIN_MICROS = 200_000;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address === null || typeof address === 'string' ? 0 : address.port;
      probe.close(() => resolve(port));
    });
  });
}

interface Running {
  readonly remote: RemoteStack;
  readonly child: Child | undefined;
  /** A call found that it is not there any more. */
  gone: boolean;
}

/** Notices when a call finds the stack gone, so that the next cell gets a new one. */
function watched(running: Running): MlsStack {
  return {
    call: async (method, request) => {
      try {
        return await running.remote.call(method, request);
      } catch (error) {
        if (error instanceof StackError && error.kind === 'gone') running.gone = true;
        throw error;
      }
    },
  };
}

export function createStackProcess(options: StackProcessOptions): StackProcess {
  const { description, clock, timeoutMillis } = options;
  const { start } = description;
  const epochMillis = (): number => clock.epochMillis();
  let running: Running | undefined;
  let starts = 0;

  const stop = async (): Promise<void> => {
    const old = running;
    running = undefined;
    if (old === undefined) return;
    old.remote.close();
    if (old.child === undefined || old.child.gone) return;
    old.child.signal('SIGKILL');
    await old.child.exited;
  };

  const begin = async (): Promise<Running> => {
    if (start.kind === 'grpc') {
      const remote = connectStack({ address: start.address, timeoutMillis, epochMillis });
      return { remote, child: undefined, gone: false };
    }
    const port = await freePort();
    const filled = (text: string): string => text.replaceAll('${port}', `${port}`);
    const child = await startChild({
      command: start.command.map(filled),
      folder: start.folder,
      env: Object.fromEntries(Object.entries(start.env).map(([key, text]) => [key, filled(text)])),
      onOutput: () => {},
      onFlood: () => {},
      onExit: () => {},
      drain: () =>
        new Promise((resolve) => {
          clock.after(DRAIN_MICROS, resolve, { daemon: true });
        }),
    });
    const remote = connectStack({ address: `127.0.0.1:${port}`, timeoutMillis, epochMillis });
    return { remote, child, gone: false };
  };

  return {
    stack: async () => {
      if (running !== undefined && !running.gone && running.child?.gone !== true) {
        return watched(running);
      }
      await stop();
      if (starts >= MOST_STARTS) {
        throw new StackError('gone', `it was gone ${MOST_STARTS} times and is not started again`);
      }
      starts++;
      const begun = await begin();
      running = begun;
      try {
        await begun.remote.ready(READY_WITHIN_MILLIS);
      } catch (error) {
        const last = begun.child?.lastLines.slice(-5).join('\n') ?? '';
        const said = last === '' ? '' : `; it said last:\n${last}`;
        throw new StackError('gone', `${(error as Error).message}${said}`, error);
      }
      return watched(begun);
    },
    stop,
  };
}
