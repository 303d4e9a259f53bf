/** Where a run's reports go: its folder, its reporters. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';
import { reporters as REPORTERS } from '../../reports/formats/index.ts';
import type { ReporterName } from '../../reports/formats/index.ts';
import type { ReporterOutput } from '../../reports/model.ts';
import { reportFiles } from '../../reports/report-files.ts';
import type { CliContext } from './context.ts';
import { reasonOf } from './file-reasons.ts';

const DEFAULT_REPORTERS = ['terminal', 'json', 'junit', 'html', 'markdown'];

/** The reporters asked for, or all that a run has by default; throws CLI_REPORTER. */
export function reporterNames(wanted: readonly string[]): ReporterName[] {
  return (wanted.length === 0 ? DEFAULT_REPORTERS : wanted).map((name) => {
    if (Object.hasOwn(REPORTERS, name)) return name as ReporterName;
    const near = nearestWord(name, Object.keys(REPORTERS));
    throw new BellwetherError(`there is no reporter called ${name}`, {
      code: 'CLI_REPORTER',
      blame: 'author',
      hint:
        near === undefined
          ? `Valid: ${Object.keys(REPORTERS).join(', ')}.`
          : `Did you mean ${near}?`,
    });
  });
}

/**
 * With what lies above it. Node's own `recursive` never comes back from a file system that makes no
 * folders (/proc, some network mounts).
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Of two runs that begin at once, the other one may have made it.
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  }
}

/** `2026-11-21T21-10-05`, with a number when two runs begin in one second. */
export function newRunFolder(root: string, began: string): { id: string; folder: string } {
  const base = began.slice(0, 19).replaceAll(':', '-');
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    const folder = join(root, id);
    try {
      makeFolder(root);
      // Not recursive: of two runs that begin at once, only one makes it.
      mkdirSync(folder);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EEXIST' && existsSync(folder)) continue;
      throw new BellwetherError(`cannot make the run's folder ${folder} (${reasonOf(error)})`, {
        code: 'CLI_OUTPUT_FOLDER',
        blame: 'environment',
        hint: 'Check that the disk has room and the folder can be written, or give --out.',
        cause: error,
      });
    }
    return { id, folder };
  }
}

/** Where the reporters of a run write. */
export function outputOf(context: CliContext, folder: string): ReporterOutput {
  const { env, stdout } = context;
  const colors =
    env['NO_COLOR'] === undefined && (stdout.isTTY || env['FORCE_COLOR'] !== undefined);
  return {
    stdout,
    folder,
    colors,
    ci: env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false',
    writeFile: reportFiles(folder),
  };
}
