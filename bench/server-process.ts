/**
 * A server that is measured, in a process of its own: its client would otherwise share its loop.
 * The server's side sends one `ready` value and answers each later message with the CPU time that
 * it has spent so far.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface ServerProcess<Ready> {
  readonly ready: Ready;
  /** CPU µs, user and system, that the process has spent so far. */
  cpuMicros(): Promise<number>;
  stop(): void;
}

/** Forks `file` with `words` and waits for what it sends first. */
export async function startServer<Ready>(
  file: string,
  words: readonly string[],
): Promise<ServerProcess<Ready>> {
  const child = fork(file, [...words], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the server ${words.join(' ')} ended before it was ready`);
  });
  const [ready] = (await Promise.race([once(child, 'message'), ended])) as [Ready];
  return {
    ready,
    cpuMicros: async () => {
      child.send('cpu');
      const [micros] = (await once(child, 'message')) as [number];
      return micros;
    },
    stop: () => {
      if (child.connected) child.disconnect();
    },
  };
}

/** The server's side: to be called once, when it listens. */
export function announceServer(ready: unknown): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.send?.(ready);
}
