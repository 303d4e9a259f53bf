// `npm test`: sets up what the tests need, then runs them; further arguments go to vitest.
// Plain JavaScript, since the machine's Node may be too old for anything else.
import { prepareCheckout } from './checkout.js';
import { runToEnd } from './child-process.js';
import { endWith } from './setup-error.js';

await endWith(async () => {
  const { root, node, env } = await prepareCheckout({ withDev: true });
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];
  // vitest compiles by itself; its workers gain nothing from a shared compile cache.
  const { NODE_COMPILE_CACHE: _unused, ...testEnv } = env;
  return runToEnd(node, args, { cwd: root, env: testEnv });
});
