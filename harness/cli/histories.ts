/** Which histories somebody means by a path. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';

export const HISTORY_SUFFIX = '.ndjson';

const isHistory = (name: string): boolean => name.endsWith(HISTORY_SUFFIX);

function noRun(message: string, hint: string): BellwetherError {
  return new BellwetherError(message, { code: 'CLI_NO_RUN', blame: 'author', hint });
}

/** Names of what lies in a folder; none where it is no folder, or is not there. */
function namesIn(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
}

/** Runs are called by when they began: the last name is the newest. */
function newestRunIn(folder: string): string | undefined {
  return namesIn(folder)
    .toSorted()
    .findLast((name) => namesIn(join(folder, name)).some(isHistory));
}

/** The NDJSON files of a run's folder, or the one file that is given. Throws CLI_NO_RUN. */
export function historiesOf(written: string, workingDirectory: string): string[] {
  const path = resolve(workingDirectory, written);
  if (!existsSync(path)) {
    const near = nearestWord(basename(path), namesIn(dirname(path)));
    throw noRun(
      `there is no run at ${written}`,
      near === undefined
        ? 'Runs are kept below .bellwether/runs; a run ends with the path of its report.'
        : `Did you mean ${join(dirname(written), near)}?`,
    );
  }
  if (!statSync(path).isDirectory()) {
    if (isHistory(path)) return [path];
    throw noRun(`${written} is no run`, 'Name the folder of a run, or an .ndjson file in one.');
  }
  const files = namesIn(path).filter(isHistory);
  if (files.length === 0) {
    const newest = newestRunIn(path);
    throw noRun(
      `there is no history in ${written}`,
      newest === undefined
        ? 'Name the folder of one run, such as .bellwether/runs/2026-11-21T21-10-05.'
        : `Name the folder of one run, such as ${join(written, newest)}.`,
    );
  }
  return files.toSorted().map((file) => join(path, file));
}
