/** One run of a container, as its supervisor sees a process. */
import { Writable } from 'node:stream';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Child, ChildHooks } from './child.ts';
import { createChildOutput } from './child.ts';
import type { Container, Docker } from './container-engine.ts';
import { dockerSaid, ifThere } from './container-engine.ts';

type Signal = Parameters<Child['signal']>[0];

/** What a shell and Docker tell of a process that a signal ended: 128 + its number. */
const ENDED_BY: Readonly<Record<number, string>> = { 137: 'SIGKILL', 143: 'SIGTERM' };

function order(container: Container, name: Signal): Promise<unknown> {
  if (name === 'SIGSTOP') return container.pause();
  if (name === 'SIGCONT') return container.unpause();
  return container.kill({ signal: name });
}

/** Throws IMPLEMENTATION_CONTAINER where the engine cannot start it. */
export async function startContainerChild(
  docker: Docker,
  container: Container,
  hooks: ChildHooks,
): Promise<Child> {
  const output = createChildOutput(hooks);
  // Attached before the start: not a line is missed, and none of an earlier run is seen again.
  const attached = await container.attach({ stream: true, stdout: true, stderr: true });
  const sink = (stream: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        output.take(stream, chunk);
        done();
      },
    });
  docker.modem.demuxStream(attached, sink('stdout'), sink('stderr'));
  const closed = new Promise<void>((resolve) => {
    attached.once('end', () => resolve());
    attached.once('error', () => resolve());
  });
  try {
    await container.start();
  } catch (error) {
    throw new BellwetherError(`the container cannot be started: ${dockerSaid(error)}`, {
      code: 'IMPLEMENTATION_CONTAINER',
      blame: 'author',
      hint: 'Are command, entrypoint and limits right for this image?',
      cause: error,
    });
  }
  let gone = false;
  const exited = (async (): Promise<void> => {
    const { StatusCode: code } = (await container.wait()) as { StatusCode: number };
    gone = true;
    const { State } = await container.inspect();
    if (State.OOMKilled) output.remember('(the kernel ended it: it needed more than its memory)');
    await Promise.race([closed, hooks.drain()]);
    const signal = ENDED_BY[code];
    hooks.onExit(signal === undefined ? code : null, signal ?? null);
  })();
  /** One after the other: an unpause must not overtake its pause. */
  let orders: Promise<unknown> = Promise.resolve();
  let paused = false;
  return {
    lastLines: output.lastLines,
    exited,
    get gone() {
      return gone;
    },
    write: () => false,
    healthy: async () => {
      const { State } = await container.inspect();
      return State.Health?.Status === 'healthy';
    },
    signal: (name) => {
      if (gone || (name === 'SIGCONT' && !paused)) return;
      const wasPaused = paused;
      paused = name === 'SIGSTOP';
      orders = orders.then(async () => {
        // A frozen container takes no signal.
        if (wasPaused && name !== 'SIGSTOP' && name !== 'SIGCONT') {
          await ifThere(container.unpause());
        }
        await ifThere(order(container, name));
      });
    },
  };
}
