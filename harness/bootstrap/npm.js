import { delimiter, dirname } from 'node:path';
import { runCaptured } from './child-process.js';

/**
 * The environment in which `node` means this Node, so that npm judges packages' `engines` by it
 * and everything started from here runs on it.
 * @param {string} node Path of the executable.
 * @returns {NodeJS.ProcessEnv}
 */
export const environmentFor = (node) => {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [key]: [dirname(node), process.env[key] ?? ''].join(delimiter) };
};

/**
 * Runs npm on the given Node. Within `npm start` npm names its own script in npm_execpath; outside
 * of npm the one on the PATH is used.
 * @param {string} node Path of the Node executable that npm is to run on.
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
export const runNpm = (node, args, cwd) => {
  const script = process.env['npm_execpath'];
  const env = environmentFor(node);
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return runCaptured(node, [script, ...args], { cwd, env });
  }
  return runCaptured('npm', args, { cwd, env, shell: process.platform === 'win32' });
};

/** What npm prints when nothing answers at the registry's address. */
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/**
 * Says in a few words why npm failed, from what it printed.
 * @param {string} output
 * @returns {string}
 */
export const reasonOf = (output) => {
  const unreachable = UNREACHABLE.exec(output);
  if (unreachable) {
    return `the npm registry cannot be reached (${unreachable[1]}); check the network or proxy`;
  }
  const refused = /\bE(401|403|404)\b/.exec(output);
  const lines = output
    .split('\n')
    .filter((line) => !/^npm warn/i.test(line))
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  const said =
    lines.find((line) => /^\d{3} /.test(line)) ??
    lines.find((line) => / /.test(line) && !line.startsWith('code '));
  if (refused) return `the npm registry refused (${refused[1]}): ${said ?? 'no reason given'}`;
  const space = /\b(ENOSPC|EACCES|EROFS|EPERM)\b/.exec(output);
  if (space) return `the folder cannot be written (${space[1]})`;
  return `npm said: ${said?.replace(/\.$/, '') ?? 'nothing'}`;
};
