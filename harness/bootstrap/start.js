// `npm start`: from a fresh clone to a verdict about the default implementation.
// Plain JavaScript, since the machine's Node may be too old for anything else.
import { prepareCheckout } from './checkout.js';
import { runToEnd } from './child-process.js';
import { endWith } from './setup-error.js';

await endWith(async () => {
  const { root, node, env } = await prepareCheckout({ withDev: false });
  const args = ['harness/cli/bin.js', 'run', 'scenarios/gate', ...process.argv.slice(2)];
  return runToEnd(node, args, { cwd: root, env });
});
