import type { Complaint, Guard, Project } from '../project.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = <T>(project: Project, path: string): T | undefined => {
  const file = project.files.find((one) => one.path === path);
  return file === undefined ? undefined : (JSON.parse(file.text) as T);
};

const specs = (manifest: Manifest | undefined): Map<string, string> =>
  new Map(Object.entries({ ...manifest?.dependencies, ...manifest?.devDependencies }));

/** `@noble/curves` has its decision in `docs/decisions/noble-curves.md`. */
const decisionPath = (dependency: string): string =>
  `docs/decisions/${dependency.replace(/^@/, '').replaceAll('/', '-')}.md`;

/** Decisions. Type declarations follow the package that they describe. */
export const decisions: Guard = {
  promise: 'each dependency has a decision: why it, its licence, what would replace it',
  check: (project) =>
    [...specs(read<Manifest>(project, 'package.json')).keys()]
      .filter((name) => !name.startsWith('@types/'))
      .flatMap((name): Complaint[] => {
        const path = decisionPath(name);
        const text = project.files.find((file) => file.path === path)?.text;
        if (text === undefined) return [{ path, say: `is missing; package.json needs ${name}` }];
        return /licen[cs]e/i.test(text) ? [] : [{ path, say: 'does not name the licence' }];
      }),
};

/** The lock file. `npm install --no-save` would not notice that it has fallen behind. */
export const lockFile: Guard = {
  promise: 'package-lock.json stands for the same dependencies as package.json',
  check: (project) => {
    const lock = read<{ packages: Record<string, Manifest> }>(project, 'package-lock.json');
    const wanted = specs(read<Manifest>(project, 'package.json'));
    const locked = specs(lock?.packages['']);
    return [...new Set([...wanted.keys(), ...locked.keys()])]
      .filter((name) => wanted.get(name) !== locked.get(name))
      .map((name) => ({
        path: 'package-lock.json',
        say:
          `has ${name} ${locked.get(name) ?? '(not at all)'}, ` +
          `package.json has ${wanted.get(name) ?? 'it not'}`,
      }));
  },
};

const machinePath = /(?<![\w.:/-])\/(?:home|Users|root|work)\/[\w.-]+/;

/** Paths of one machine. */
export const machinePaths: Guard = {
  promise: 'no file names a path that exists on one machine only',
  check: ({ files }) =>
    files.flatMap(({ path, text }) =>
      text.split('\n').flatMap((content, at): Complaint[] => {
        const found = machinePath.exec(content)?.[0];
        return found === undefined ? [] : [{ path, line: at + 1, say: `names ${found}` }];
      }),
    ),
};
