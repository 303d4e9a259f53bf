import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RoomRow } from './rooms.ts';

/** A tracked file; binary ones have no text. */
export interface ProjectFile {
  /** From the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What a guard looks at: the tree itself or a fixture. */
export interface Project {
  readonly files: readonly ProjectFile[];
  readonly rooms: readonly RoomRow[];
}

/** One thing that a guard dislikes. */
export interface Complaint {
  readonly path: string;
  /** From 1; absent where the whole file is meant. */
  readonly line?: number;
  readonly say: string;
}

/** A house rule as a function; `promise` completes the sentence "the tree keeps this: …". */
export interface Guard {
  readonly promise: string;
  readonly check: (project: Project) => Complaint[];
}

const binary = /\.(png|jpg|ico|woff2|zip|gz)$/;
const skipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.bellwether', 'runs', 'out']);

/** Reads a folder's files, without what git ignores and without other fixtures inside it. */
export const readProject = (
  folder: string,
  rooms: readonly RoomRow[],
  leaveOut: (path: string) => boolean = () => false,
): Project => {
  const walk = (below: string): string[] =>
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (skipped.has(entry.name) || leaveOut(path)) return [];
      return entry.isDirectory() ? walk(path) : [path];
    });
  const files = walk('')
    .sort()
    .map((path) => ({
      path,
      text: binary.test(path) ? '' : readFileSync(join(folder, path), 'utf8'),
    }));
  return { files, rooms };
};

/** A fixture may bring a table of its own in `rooms.json`, which is no file of its project. */
export const readFixture = (folder: string, rooms: readonly RoomRow[]): Project => {
  const own = join(folder, 'rooms.json');
  const table = existsSync(own) ? (JSON.parse(readFileSync(own, 'utf8')) as RoomRow[]) : rooms;
  return readProject(folder, table, (path) => path === 'rooms.json' || path === 'EXPECTED');
};

/** Whether a path is code that the compiler or Node reads. */
export const isCode = (path: string): boolean => /\.(ts|tsx|mts|js|mjs)$/.test(path);

/** The code files of a project. */
export const codeOf = (project: Project): ProjectFile[] =>
  project.files.filter((file) => isCode(file.path));

/** Whether a path is a room's path or lies below it. */
export const isWithin = (path: string, room: string): boolean =>
  path === room || path.startsWith(`${room}/`);

/** The line of an offset, from 1. */
export const lineOf = (text: string, offset: number): number =>
  text.slice(0, offset).split('\n').length;
