import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentFor } from './npm.js';
import { ensureNode } from './node-runtime.js';
import { ensurePackages } from './packages.js';

/** The project's folder. */
export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string} line */
const say = (line) => void process.stderr.write(`${line}\n`);

/**
 * Makes a fresh clone ready to run.
 * @param {{ withDev: boolean }} options
 * @returns {Promise<{ root: string, node: string, env: NodeJS.ProcessEnv }>} The Node to use and
 *   the environment for everything that runs on it.
 */
export const prepareCheckout = async ({ withDev }) => {
  const node = await ensureNode(PROJECT_ROOT, say);
  await ensurePackages(PROJECT_ROOT, node, withDev, say);
  const env = {
    ...environmentFor(node),
    NODE_COMPILE_CACHE:
      process.env['NODE_COMPILE_CACHE'] ?? join(PROJECT_ROOT, '.bellwether', 'compile-cache'),
  };
  return { root: PROJECT_ROOT, node, env };
};
