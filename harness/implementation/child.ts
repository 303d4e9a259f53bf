/** One child process in a group of its own: output read up to a limit, killed with its children. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { createMark } from './left-behind.ts';
import type { Mark } from './left-behind.ts';

/** Output beyond this is dropped (and is the finding implementation/output-flood). */
const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;
/** Kept for the finding about a bad end. */
export const LAST_LINES = 40;

/** What its supervisor is told. */
export interface ChildHooks {
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
  /** Output passed the limit; told once. */
  readonly onFlood: (stream: 'stdout' | 'stderr') => void;
  /** Told when its output has been read to the end, or after `drain`. */
  readonly onExit: (code: number | null, signal: string | null) => void;
  /** Command lines of what ran on outside of its group when it had ended, and was ended then. */
  readonly onLeftBehind?: (commands: readonly string[]) => void;
  /** How long its output may outlive it: a program that it left behind can hold the pipe open. */
  readonly drain: () => Promise<void>;
}

export interface ChildOptions extends ChildHooks {
  readonly command: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Child {
  readonly lastLines: readonly string[];
  readonly exited: Promise<void>;
  readonly gone: boolean;
  /** False when the pipe is closed or its buffer is beyond reason: nobody reads it. */
  write(text: string): boolean;
  /** What its own health check says; undefined where it has none. */
  healthy?(): Promise<boolean>;
  /** Sends to the whole group. */
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

/** What a child of ours may inherit; everything else is the description's business. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ', 'SystemRoot'];
const STDIN_LIMIT_BYTES = 4 * 1024 * 1024;

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function launch(options: ChildOptions, mark: Mark): ChildProcess {
  const [program, ...args] = options.command;
  return spawn(program!, args, {
    cwd: options.folder,
    env: { ...inheritedEnvironment(), ...options.env, ...mark.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
}

/** Sends to the child's whole group. */
function kill(child: ChildProcess, name: Parameters<Child['signal']>[0]): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // ESRCH: the group is already gone, which is what a kill wants.
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}

export interface ChildOutput {
  readonly lastLines: readonly string[];
  remember(text: string): void;
  take(stream: 'stdout' | 'stderr', chunk: Buffer): void;
}

/** Hands output on up to the limit of each stream, and keeps its last lines. */
export function createChildOutput(hooks: ChildHooks): ChildOutput {
  const lastLines: string[] = [];
  const bytes = { stdout: 0, stderr: 0 };
  const flooded = { stdout: false, stderr: false };
  const remember = (text: string): void => {
    lastLines.push(...text.split(/\r?\n/).filter((line) => line !== ''));
    if (lastLines.length > LAST_LINES) lastLines.splice(0, lastLines.length - LAST_LINES);
  };
  return {
    lastLines,
    remember,
    take: (stream, chunk) => {
      bytes[stream] += chunk.length;
      if (bytes[stream] <= OUTPUT_LIMIT_BYTES) {
        remember(chunk.toString('utf8'));
        hooks.onOutput(stream, chunk);
      } else if (!flooded[stream]) {
        flooded[stream] = true;
        hooks.onFlood(stream);
      }
    },
  };
}

/** Throws IMPLEMENTATION_EXECUTABLE when there is no such program. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const mark = createMark();
  const child = launch(options, mark);
  const output = createChildOutput(options);
  let gone = false;
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.on('data', (chunk: Buffer) => output.take(stream, chunk));
  }
  // A child that goes away while we write is told by its exit, not by EPIPE.
  child.stdin!.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      gone = true;
      // What it started goes with it: nothing of one instance may answer for the next.
      kill(child, 'SIGKILL');
      const ended = mark.endAll(child.pid!).then((left) => {
        if (left.length > 0) options.onLeftBehind?.(left);
      });
      void Promise.all([ended, Promise.race([closed, options.drain()])]).then(() => {
        options.onExit(code, signal);
        resolve();
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      gone = true;
      reject(
        new BellwetherError(
          `cannot start ${options.command[0]} (${(cause as { code?: string }).code})`,
          {
            code: 'IMPLEMENTATION_EXECUTABLE',
            blame: 'author',
            hint: 'Is it installed and on the PATH? Relative paths start at implementation.yaml.',
            cause,
          },
        ),
      );
    });
  });
  return {
    lastLines: output.lastLines,
    exited,
    get gone() {
      return gone;
    },
    write: (text) => {
      if (gone || child.stdin!.destroyed) return false;
      if (child.stdin!.writableLength > STDIN_LIMIT_BYTES) return false;
      child.stdin!.write(text);
      return true;
    },
    signal: (name) => {
      kill(child, name);
    },
  };
}
