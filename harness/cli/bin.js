#!/usr/bin/env node
// The command's first lines: plain JavaScript, because an older Node cannot even load TypeScript.
import { existsSync, writeSync } from 'node:fs';
import module from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const REQUIRED_NODE_MAJOR = 24;
const here = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * An installed package runs the emitted JavaScript, since Node loads no TypeScript from
 * node_modules; a checkout runs its source.
 * @returns {string}
 */
const entry = () => {
  const built = new URL('../../dist/harness/cli/main.js', import.meta.url);
  const installed = here.split(sep).includes('node_modules');
  return installed && existsSync(built) ? built.href : new URL('./main.ts', import.meta.url).href;
};

/**
 * Starts this file again under the newer Node that `npm start` or `npm test` installed.
 * @returns {Promise<number>}
 */
const restartUnderNewerNode = async () => {
  const { cachedNode } = await import('../bootstrap/node-runtime.js');
  const node = cachedNode(root);
  if (node === undefined) {
    process.stderr.write(
      `bellwether: this is Node ${process.version}, and Bellwether needs Node ` +
        `${REQUIRED_NODE_MAJOR} or later; install it, or run npm start once in a checkout.\n`,
    );
    return 3;
  }
  const { runToEnd } = await import('../bootstrap/child-process.js');
  const { environmentFor } = await import('../bootstrap/npm.js');
  const args = [here, ...process.argv.slice(2)];
  return runToEnd(node, args, { cwd: process.cwd(), env: environmentFor(node) });
};

/** @returns {Promise<number>} The exit code. */
const start = async () => {
  if (Number(process.versions.node.split('.')[0]) < REQUIRED_NODE_MAJOR) {
    return restartUnderNewerNode();
  }
  const source = entry();
  // A checkout keeps its cache beside the code; an installed package leaves the place to Node.
  const inSource = source.endsWith('.ts');
  module.enableCompileCache(
    inSource
      ? fileURLToPath(new URL('../../.bellwether/compile-cache', import.meta.url))
      : undefined,
  );
  const { main } = await import(source);
  return main(process.argv.slice(2));
};

/**
 * What was written before is out when this resolves.
 * @param {NodeJS.WriteStream} stream
 * @returns {Promise<void>}
 */
const written = (stream) =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });

/**
 * Ends this process with nobody listening: taken before code under test, which may run in this
 * process, can put anything in its place.
 * @type {(code: number) => never}
 */
const end = Reflect.get(process, 'reallyExit').bind(process);

/**
 * Code under test may run in this process, and its end must not pass for a verdict, whatever it
 * does when it hears of it.
 * @param {number} code
 */
const endedFromInside = (code) => {
  writeSync(
    process.stderr.fd,
    `bellwether: something that runs in this process ended it with exit code ${code}, so there ` +
      'is no verdict; the histories up to then are kept.\n',
  );
  end(4);
};

process.on('exit', endedFromInside);
const code = await start().catch((error) => {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`bellwether: an error of its own: ${said}\n`);
  return 4;
});
// A module under test may have left real timers or sockets; they must not keep the command alive.
await Promise.all([written(process.stdout), written(process.stderr)]);
end(code);
