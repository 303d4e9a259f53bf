// Prints the path of a Node that is new enough, for shell scripts:
// PATH="$(dirname "$(node harness/bootstrap/node-path.js)"):$PATH"
import { PROJECT_ROOT } from './checkout.js';
import { ensureNode } from './node-runtime.js';
import { endWith } from './setup-error.js';

await endWith(async () => {
  const node = await ensureNode(PROJECT_ROOT, (line) => void process.stderr.write(`${line}\n`));
  process.stdout.write(`${node}\n`);
  return 0;
});
