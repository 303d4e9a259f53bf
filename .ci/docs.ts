// `npm run docs`: writes every generated page; with --check it only says which ones are stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedPages } from './generated-pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const checkOnly = process.argv.includes('--check');

for (const { path, render } of generatedPages) {
  const file = join(root, path);
  const text = await render();
  const fresh = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (fresh) continue;
  if (checkOnly) {
    process.stderr.write(`${path} is stale: npm run docs writes it.\n`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`wrote ${path}\n`);
}
