/**
 * What a program left behind: a process that put itself into a session of its own (`setsid`,
 * `detached: true`) is in no group that could be signalled, but it has its starter's environment.
 * On Linux that can be read. Elsewhere, and of a process that wrote over its environment, nothing
 * is known.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';

/** The variable by which a child and all that it starts are known. */
const MARK = 'BELLWETHER_INSTANCE';
/** What is being forked while we look is seen the next time. */
const MOST_LOOKS = 10;
const FIELDS_BEFORE_GROUP = 2;

const count = { started: 0 };

export interface Mark {
  readonly env: Readonly<Record<string, string>>;
  /** Ends whatever carries it; the command lines of those outside of `group`. */
  endAll(group: number): Promise<readonly string[]>;
}

/** One that nobody else who is alive gives. */
export function createMark(): Mark {
  count.started++;
  const value = `${process.pid}-${threadId}-${count.started}`;
  return {
    env: { [MARK]: value },
    endAll: (group) => endAll(Buffer.from(`${MARK}=${value}\0`), group),
  };
}

/** Undefined: it is gone, or not ours to read. */
async function read(
  pid: string,
  what: 'environ' | 'cmdline' | 'stat',
): Promise<Buffer | undefined> {
  try {
    return await readFile(`/proc/${pid}/${what}`);
  } catch {
    return undefined;
  }
}

/** `1234 (node) S 1 1230 …`: the name may hold anything, so what counts is the last parenthesis. */
async function groupOf(pid: string): Promise<number | undefined> {
  const stat = (await read(pid, 'stat'))?.toString('latin1');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? undefined : Number(fields[FIELDS_BEFORE_GROUP]);
}

function kill(pid: string): void {
  try {
    process.kill(Number(pid), 'SIGKILL');
  } catch {
    // Gone meanwhile, or another user's by now: nothing that we could do.
  }
}

async function carriers(mark: Buffer): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => ((await read(pid, 'environ'))?.includes(mark) === true ? [pid] : [])),
  );
  return found.flat();
}

async function endAll(mark: Buffer, group: number): Promise<readonly string[]> {
  if (!existsSync('/proc/self/environ')) return [];
  const left = new Map<string, string>();
  for (let look = 0; look < MOST_LOOKS; look++) {
    const pids = await carriers(mark);
    if (pids.length === 0) break;
    for (const pid of pids) {
      if (!left.has(pid) && (await groupOf(pid)) !== group) {
        const words = (await read(pid, 'cmdline'))?.toString('utf8').split('\0').join(' ').trim();
        left.set(pid, `${words} (process ${pid})`);
      }
      kill(pid);
    }
  }
  return [...left.values()];
}
