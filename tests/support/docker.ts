import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The image of the tests: this Node and the libraries that it is linked with, nothing else. */
export const NODE_IMAGE = `bellwether-test/node:${process.version}`;

/** A root file system, made from files of this machine. */
function makeRoot(root: string): void {
  const node = realpathSync(process.execPath);
  const linked = execFileSync('ldd', [node], { encoding: 'utf8' });
  const libraries = [...linked.matchAll(/(\/\S+\.so[.\d]*)/g)].map((match) => match[1]!);
  for (const [from, to] of [[node, '/usr/bin/node'], ...libraries.map((path) => [path, path])]) {
    mkdirSync(join(root, dirname(to!)), { recursive: true });
    copyFileSync(from!, join(root, to!));
  }
  for (const folder of ['tmp', 'etc']) mkdirSync(join(root, folder), { recursive: true });
}

/** Loads the image into the engine, unless it is there: nothing is pulled. */
export function loadNodeImage(): void {
  if (spawnSync('docker', ['image', 'inspect', NODE_IMAGE]).status === 0) return;
  const root = mkdtempSync(join(tmpdir(), 'bellwether-root-'));
  try {
    makeRoot(root);
    const load = `docker import --change 'ENV PATH=/usr/bin' - ${NODE_IMAGE}`;
    const packed = `tar -C '${root}' -c . | ${load}`;
    execFileSync('sh', ['-c', packed], { stdio: ['ignore', 'ignore', 'inherit'] });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What this process has on the engine at this moment: containers, networks, images. */
export function leftOnEngine(): string[] {
  const filter = ['--filter', `label=io.bellwether.owner=${hostname()}/${process.pid}`];
  return [
    ['ps', '-aq'],
    ['network', 'ls', '-q'],
    ['images', '-q'],
  ].flatMap((list) =>
    execFileSync('docker', [...list, ...filter], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean),
  );
}
