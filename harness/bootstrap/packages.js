import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf, runNpm } from './npm.js';
import { SetupError } from './setup-error.js';

/**
 * One row of a lock file's `packages`.
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, devOptional?: boolean,
 *   link?: boolean }} LockRow
 * @typedef {Readonly<Record<string, LockRow>>} LockRows
 */

/**
 * @param {string} path
 * @returns {LockRows | undefined} Undefined where there is no such file.
 * @throws {SetupError} Where the file is no lock file.
 */
const readLock = (path) => {
  /** @type {string} */
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text).packages ?? {};
  } catch {
    throw new SetupError(
      `${path} is not readable as JSON; restore it (git checkout) or remove it.`,
    );
  }
};

/**
 * Compares what npm noted that it installed (`node_modules/.package-lock.json`, which it writes
 * last) with the lock file, so that no stamp of ours can go stale.
 * @param {LockRows} wanted
 * @param {LockRows | undefined} installed
 * @param {boolean} withDev Whether the packages for development have to be there too.
 * @returns {boolean}
 */
export const satisfies = (wanted, installed, withDev) =>
  installed !== undefined &&
  Object.entries(wanted)
    // Optional packages are other platforms' binaries: npm leaves out what does not fit.
    .filter(([path, row]) => path !== '' && !row.optional && !row.devOptional && !row.link)
    .filter(([, row]) => withDev || !row.dev)
    .every(([path, row]) => installed[path]?.version === row.version);

/**
 * Installs npm packages in the lock file's versions, where something is missing or outdated.
 * `npm install --no-save` leaves the lock file alone like `npm ci`, but does not refuse a lock file
 * in which other platforms' optional binaries are missing (`docs/decisions/house.md`).
 * @param {string} root The project's folder.
 * @param {string} node The Node that npm runs on.
 * @param {boolean} withDev False: run-time packages only.
 * @param {(line: string) => void} say
 * @returns {Promise<void>}
 * @throws {SetupError} Where npm fails.
 */
export const ensurePackages = async (root, node, withDev, say) => {
  const wanted = readLock(join(root, 'package-lock.json'));
  if (wanted === undefined) {
    throw new SetupError('package-lock.json is missing; this checkout is not complete.');
  }
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (satisfies(wanted, installed, withDev)) return;
  // Who has the packages for development keeps them.
  const hasDev = Object.values(installed ?? {}).some((row) => row.dev);
  const all = withDev || hasDev;
  say(`Installing ${all ? 'all' : 'the run-time'} packages (npm install) …`);
  const scope = all ? '--include=dev' : '--omit=dev';
  const args = ['install', '--no-save', scope, '--no-audit', '--no-fund'];
  const result = await runNpm(node, args, root);
  if (result.exitCode !== 0) {
    throw new SetupError(`The packages were not installed: ${reasonOf(result.output)}.`);
  }
};
