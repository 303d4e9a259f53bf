import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes reports into a folder (made where missing), chunk by chunk. A file appears whole or not at
 * all: it is written beside its place and renamed. Throws what the file system throws.
 */
export const reportFiles =
  (folder: string) =>
  (name: string, text: string | Iterable<string>): void => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const unfinished = `${path}.part`;
    const file = openSync(unfinished, 'w');
    try {
      for (const chunk of typeof text === 'string' ? [text] : text) writeSync(file, chunk);
    } catch (error) {
      closeSync(file);
      rmSync(unfinished, { force: true });
      throw error;
    }
    closeSync(file);
    renameSync(unfinished, path);
  };
