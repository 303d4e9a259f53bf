// Before and after `npm pack`: an installed package needs JavaScript, since Node loads no
// TypeScript from node_modules. `pack.js emit` writes dist/ and points package.json at it;
// `pack.js restore` puts package.json back.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifestPath = join(root, 'package.json');
const keptPath = join(root, '.bellwether', 'package.json.before-pack');
const dist = join(root, 'dist');

/** Folders whose data the emitted code reads beside itself. */
const withData = ['harness', 'simulators', 'reports', 'scenarios', 'examples/reference-notifier'];

/** What stays behind: sources, notes for contributors, and what the package has elsewhere. */
const staysBehind = (/** @type {string} */ path) =>
  /\.(ts|tsx)$|README\.md$|harness\/(bootstrap|cli\/bin\.js)/.test(path.replaceAll('\\', '/'));

/** @param {string} target @returns {string} Where the emitted twin of a source file lies. */
const emitted = (target) => target.replace(/\.ts$/, '.js');

const emit = () => {
  rmSync(dist, { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) throw new Error('TypeScript is not installed: run npm test first.');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (status !== 0) throw new Error('TypeScript found errors (above); nothing was packed.');
  for (const folder of withData.filter((path) => existsSync(join(root, path)))) {
    cpSync(join(root, folder), join(dist, folder), {
      recursive: true,
      filter: (path) => !staysBehind(path),
    });
  }
  // The reference is started from its description, which names the source files.
  const description = join(dist, 'examples/reference-notifier/implementation.yaml');
  if (existsSync(description)) {
    const text = readFileSync(description, 'utf8');
    writeFileSync(description, text.replaceAll(/([\w-])\.ts\b/g, '$1.js'));
  }

  const before = readFileSync(manifestPath, 'utf8');
  const manifest = JSON.parse(before);
  const { name, version, type, bellwether } = manifest;
  const inside = Object.fromEntries(
    Object.entries(manifest.exports).map(([key, target]) => [key, emitted(target)]),
  );
  // The emitted code finds its own package here, as the source does in a checkout.
  const inner = { name, version, type, private: true, bellwether, exports: inside };
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(inner, null, 2)}\n`);

  mkdirSync(dirname(keptPath), { recursive: true });
  writeFileSync(keptPath, before);
  manifest.exports = Object.fromEntries(
    Object.entries(inside).map(([key, target]) => [
      key,
      key === './package.json' ? target : target.replace('./', './dist/'),
    ]),
  );
  delete manifest.scripts;
  delete manifest.devDependencies;
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
};

const restore = () => {
  if (!existsSync(keptPath)) return;
  writeFileSync(manifestPath, readFileSync(keptPath, 'utf8'));
  rmSync(keptPath);
};

if (process.argv[2] === 'restore') restore();
else emit();
