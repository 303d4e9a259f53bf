import { importsOf } from '../imports.ts';
import { codeOf, isCode, isWithin } from '../project.ts';
import type { Complaint, Guard, Project } from '../project.ts';
import { dataRooms, registryFolders } from '../rooms.ts';

const MAX_FILE_LINES = 400;
const MAX_LINE_COLUMNS = 100;
const MAX_README_LINES = 15;

const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const vague = /^(utils?|helpers?|common|managers?|misc)(\.|$)/;
/** Names that readers and tools expect as they are. */
const usual = new Set([
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'NOTICE',
  'Dockerfile',
  '__init__.py',
  'EXPECTED',
]);

const nameFault = (segment: string): string | undefined => {
  if (usual.has(segment)) return undefined;
  if (vague.test(segment)) return `"${segment}" says nothing about what is in it`;
  const plain = segment.endsWith('.py') ? segment.replaceAll('_', '-') : segment;
  return kebab.test(plain) ? undefined : `"${segment}" is not kebab-case`;
};

/** File and folder names. */
export const fileNames: Guard = {
  promise: 'files and folders are named in kebab-case and by what is in them',
  check: ({ files }) =>
    files.flatMap(({ path }) =>
      path.split('/').flatMap((segment) => {
        const say = nameFault(segment);
        return say === undefined ? [] : [{ path, say }];
      }),
    ),
};

/** Lines a file. */
export const fileLength: Guard = {
  promise: `no file of code is longer than ${MAX_FILE_LINES} lines`,
  check: (project) =>
    project.files
      .filter(({ path }) => isCode(path) || /\.(py|sh)$/.test(path))
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_FILE_LINES)
      .map(({ path, lines }) => ({ path, say: `has ${lines} lines; most is ${MAX_FILE_LINES}` })),
};

/** Columns a line; an address cannot be broken, so its line may be long. */
export const lineLength: Guard = {
  promise: `no line of code is wider than ${MAX_LINE_COLUMNS} columns`,
  check: (project) =>
    codeOf(project).flatMap(({ path, text }) =>
      text.split('\n').flatMap((content, at): Complaint[] => {
        const columns = Array.from(content).length;
        if (columns <= MAX_LINE_COLUMNS || /https?:\/\/\S+/.test(content)) return [];
        return [{ path, line: at + 1, say: `has ${columns} columns; most is ${MAX_LINE_COLUMNS}` }];
      }),
    ),
};

const membersOf = (folder: string, project: Project): string[] =>
  project.files
    .map(({ path }) => path)
    .filter((path) => path.startsWith(`${folder}/`) && path.endsWith('.ts'))
    .map((path) => path.slice(folder.length + 1))
    .filter((name) => !name.includes('/') && name !== 'index.ts');

/** Registries. */
export const registries: Guard = {
  promise: 'every file in a registry folder is named in its index.ts',
  check: (project) =>
    registryFolders.flatMap((folder): Complaint[] => {
      const members = membersOf(folder, project);
      const index = project.files.find(({ path }) => path === `${folder}/index.ts`);
      if (members.length === 0) return [];
      if (index === undefined) return [{ path: folder, say: 'is a registry without index.ts' }];
      const named = new Set(importsOf(index).map(({ specifier }) => specifier));
      return members
        .filter((name) => !named.has(`./${name}`))
        .map((name) => ({ path: `${folder}/${name}`, say: 'is not named in index.ts' }));
    }),
};

/** READMEs. */
export const roomReadmes: Guard = {
  promise: `each room has a README of at most ${MAX_README_LINES} lines`,
  check: (project) => {
    const withCode = project.rooms
      .filter((row) => !row.noReadme)
      .flatMap((row) => row.paths)
      .filter((room) => !room.endsWith('.ts'));
    return [...withCode, ...dataRooms]
      .filter((room) => project.files.some(({ path }) => isWithin(path, room)))
      .flatMap((room): Complaint[] => {
        const path = `${room}/README.md`;
        const readme = project.files.find((file) => file.path === path);
        if (readme === undefined) return [{ path, say: 'is missing' }];
        const lines = readme.text.trimEnd().split('\n').length;
        if (lines <= MAX_README_LINES) return [];
        return [{ path, say: `has ${lines} lines; most is ${MAX_README_LINES}` }];
      });
  },
};
