import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Something that a test needs and that this project does not install by itself. */
interface Need {
  /** Where it was found (a path or an address), or undefined when the machine lacks it. */
  readonly find: () => string | undefined;
  /** What a reader does to have it. */
  readonly advice: string;
}

/** Debian keeps daemons in sbin, which is not on every user's PATH. */
const searchPath = (): string[] => [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
];

const onPath = (...names: string[]): string | undefined =>
  searchPath()
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

const existing = (path: string | undefined): string | undefined =>
  path !== undefined && path !== '' && existsSync(path) ? path : undefined;

const pythonModule = (name: string): string | undefined => {
  const { status } = spawnSync('python3', ['-c', `import ${name}`], { stdio: 'ignore' });
  return status === 0 ? name : undefined;
};

const DNS_PORT = 53;

/** The lowest port that this user may listen on. */
const lowestPort = (): number => {
  if (process.getuid?.() === 0) return 1;
  const setting = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  return existsSync(setting) ? Number(readFileSync(setting, 'utf8')) : 1_024;
};

/** A socket may lie there without anybody behind it. */
const dockerEngine = (): string | undefined => {
  const { status } = spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 });
  return status === 0 ? (process.env['DOCKER_HOST'] ?? '/var/run/docker.sock') : undefined;
};

/** A program of the npm registry, installed into the folder of the example that starts it. */
const program = (name: string): Need => ({
  find: () =>
    existing(join(import.meta.dirname, '../../examples', name, 'node_modules/.bin', name)),
  advice: `it is not installed (npm ci --ignore-scripts --prefix examples/${name})`,
});

const needTable = {
  apprise: {
    find: () => existing('/usr/bin/apprise'),
    advice: 'no /usr/bin/apprise (Debian: apt-get install apprise)',
  },
  chromium: {
    find: () =>
      existing(process.env['CHROMIUM_PATH']) ??
      onPath('chromium', 'chromium-browser', 'google-chrome'),
    advice: 'no chromium on the PATH (Debian: apt-get install chromium, or set CHROMIUM_PATH)',
  },
  curl: {
    find: () => onPath('curl'),
    advice: 'no curl on the PATH (Debian: apt-get install curl)',
  },
  docker: {
    find: () => dockerEngine(),
    advice: 'no Docker engine answers `docker version`',
  },
  'docker-compose': {
    find: () => onPath('docker-compose'),
    advice: 'no docker-compose on the PATH (Debian: apt-get install docker-compose)',
  },
  kannel: {
    find: () => onPath('bearerbox'),
    advice: 'no bearerbox on the PATH (Debian: apt-get install kannel)',
  },
  'low-ports': {
    find: () => (lowestPort() <= DNS_PORT ? 'ports from 53 on' : undefined),
    advice: 'ports below 1024 are not this user’s (net.ipv4.ip_unprivileged_port_start)',
  },
  'mls-vectors': {
    find: () => existing(process.env['MLS_VECTORS']),
    advice: 'MLS_VECTORS does not name a folder with the RFC 9420 JSON vectors',
  },
  'node-red': program('node-red'),
  'parse-server': program('parse-server'),
  python: {
    find: () => onPath('python3'),
    advice: 'no python3 on the PATH',
  },
  'python-requests': {
    find: () => pythonModule('requests'),
    advice: 'python3 cannot import requests (Debian: apt-get install python3-requests)',
  },
  redis: {
    find: () => onPath('redis-server'),
    advice: 'no redis-server on the PATH (Debian: apt-get install redis-server)',
  },
} as const satisfies Record<string, Need>;

/** What tests may need beyond Node and the npm packages. */
export type NeedName = keyof typeof needTable;

/** Every name that `needs` knows. */
const needNames = Object.keys(needTable) as NeedName[];

/** The end of a skipped suite's title; the closing line reads it back. */
export const needMarker = / \(needs ([a-z-]+): (.+)\)$/;

/** Where the needed thing was found: a path or an address; undefined where it is missing. */
export const findNeed = (name: NeedName): string | undefined => needTable[name].find();

/**
 * The names that must not be skipped, from the comma-separated BELLWETHER_NEEDS.
 * @throws Error where it names something that `needs` does not know: a slip there would skip.
 */
export const requiredNeeds = (
  value: string = process.env['BELLWETHER_NEEDS'] ?? '',
): ReadonlySet<NeedName> => {
  const names = value.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !(needNames as string[]).includes(name));
  if (unknown !== undefined) {
    throw new Error(`BELLWETHER_NEEDS names "${unknown}"; known are ${needNames.join(', ')}.`);
  }
  return new Set(names as NeedName[]);
};

/** What becomes of a suite: it runs, it is skipped by name, or it fails because CI promised it. */
export type NeedOutcome =
  | { readonly kind: 'run' }
  | { readonly kind: 'skip' | 'fail'; readonly missing: NeedName; readonly advice: string };

/** Decides what becomes of a suite with these needs. */
export const judgeNeeds = (
  names: readonly NeedName[],
  find: (name: NeedName) => string | undefined = findNeed,
  required: ReadonlySet<NeedName> = requiredNeeds(),
): NeedOutcome => {
  const missing = names.filter((name) => find(name) === undefined);
  const first = missing.find((name) => required.has(name)) ?? missing[0];
  if (first === undefined) return { kind: 'run' };
  const kind = required.has(first) ? 'fail' : 'skip';
  return { kind, missing: first, advice: needTable[first].advice };
};

/**
 * `describe` for tests that need something the machine may lack:
 * `needs('kannel')('Kannel falls back', () => { … })`. Where it is missing, the suite is skipped
 * and the closing line of the test run says so by name; where BELLWETHER_NEEDS lists it, it fails.
 */
export const needs =
  (...names: NeedName[]) =>
  (title: string, body: () => void): void => {
    const outcome = judgeNeeds(names);
    if (outcome.kind === 'run') {
      describe(title, body);
      return;
    }
    if (outcome.kind === 'skip') {
      describe.skip(`${title} (needs ${outcome.missing}: ${outcome.advice})`, body);
      return;
    }
    describe(title, () => {
      it(`has ${outcome.missing}, which BELLWETHER_NEEDS promises`, () => {
        expect.fail(outcome.advice);
      });
    });
  };
