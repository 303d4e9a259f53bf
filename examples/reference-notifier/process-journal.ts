import { closeSync, fdatasync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ModuleStore } from 'bellwether/module';

export interface Journal extends ModuleStore {
  close(): void;
}

const FILE = 'journal.ndjson';

/**
 * A key-value store in one append-only file: one JSON line `[key, value]` for each change, `[key]`
 * for a deletion. Every change is with the operating system before the call returns, so it survives
 * a kill -9; it is with the disk within one turn of fdatasync, so that a power cut costs at most
 * the last moments. A last line that was torn is dropped. At each start the file is written anew.
 */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, FILE);
  const values = read(path);
  const temporary = `${path}.new`;
  const fresh = openSync(temporary, 'w', 0o600);
  for (const [key, text] of values) writeSync(fresh, line(key, text));
  fsyncSync(fresh);
  closeSync(fresh);
  renameSync(temporary, path);

  const file = openSync(path, 'a', 0o600);
  const disk = { syncing: false, dirty: false, closed: false };
  const sync = (): void => {
    disk.dirty = true;
    if (disk.syncing || disk.closed) return;
    disk.syncing = true;
    disk.dirty = false;
    fdatasync(file, (error) => {
      disk.syncing = false;
      if (disk.closed) return;
      // A disk that does not keep what it was given is no ground to go on sending from.
      if (error !== null) throw error;
      if (disk.dirty) sync();
    });
  };
  const append = (text: string): void => {
    writeSync(file, text);
    sync();
  };
  return {
    get: (key) => {
      const text = values.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    set: (key, value) => {
      const text = JSON.stringify(value);
      values.set(key, text);
      append(line(key, text));
    },
    delete: (key) => {
      if (values.delete(key)) append(`${JSON.stringify([key])}\n`);
    },
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
    close: () => {
      disk.closed = true;
      fsyncSync(file);
      closeSync(file);
    },
  };
}

function line(key: string, text: string): string {
  return `[${JSON.stringify(key)},${text}]\n`;
}

function read(path: string): Map<string, string> {
  const values = new Map<string, string>();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return values;
    throw error;
  }
  const lines = text.split('\n');
  // Without its newline the last line was not finished.
  lines.pop();
  for (const entry of lines) {
    const [key, value] = JSON.parse(entry) as [string, unknown?];
    if (value === undefined) values.delete(key);
    else values.set(key, JSON.stringify(value));
  }
  return values;
}
