import { importsOf, resolveRelative } from '../imports.ts';
import type { ImportFact } from '../imports.ts';
import { codeOf, isWithin } from '../project.ts';
import type { Complaint, Guard, Project, ProjectFile } from '../project.ts';
import type { Permission, RoomRow } from '../rooms.ts';

interface Place {
  readonly row: RoomRow;
  readonly room: string;
}

/** The room that a file is in: the longest path of the table that it lies under. */
const placeOf = (path: string, rooms: readonly RoomRow[]): Place | undefined =>
  rooms
    .flatMap((row) => row.paths.map((room) => ({ row, room })))
    .filter(({ room }) => isWithin(path, room))
    .sort((left, right) => right.room.length - left.room.length)[0];

/** The permission under which an import crosses; undefined where none allows it. */
const permissionFor = (
  row: RoomRow,
  target: string,
  typeOnly: boolean,
): Permission | 'everything' | undefined => {
  if (row.mayImport === 'everything') return 'everything';
  return row.mayImport.find(
    (permission) => isWithin(target, permission.room) && (typeOnly || !permission.typesOnly),
  );
};

/** What is wrong with an import that names a package, if anything. */
const packageFault = (specifier: string, { row, room }: Place): string | undefined => {
  if (specifier.startsWith('node:')) return undefined;
  if (specifier === 'bellwether' || specifier.startsWith('bellwether/')) {
    const open = row.mayImport === 'everything' || row.publicEntries?.includes(specifier);
    return open ? undefined : `${room} may not import ${specifier}: ${row.why}`;
  }
  return row.npm ? undefined : `${room} may import node: only, not ${specifier}: ${row.why}`;
};

const relativeFault = (
  file: ProjectFile,
  fact: ImportFact,
  specifier: string,
  place: Place,
  project: Project,
): string | undefined => {
  const target = resolveRelative(file.path, specifier);
  if (!project.files.some(({ path }) => path === target)) return `${target} does not exist`;
  const other = placeOf(target, project.rooms);
  if (other?.room === place.room) return undefined;
  if (permissionFor(place.row, target, fact.typeOnly) !== undefined) return undefined;
  const what = permissionFor(place.row, target, true) ? 'types, not values,' : 'nothing';
  return `${place.room} may import ${what} from ${other?.room ?? target}: ${place.row.why}`;
};

const faultOf = (
  file: ProjectFile,
  fact: ImportFact,
  place: Place,
  project: Project,
): string | undefined => {
  const { specifier } = fact;
  if (specifier === undefined) {
    const open = place.row.loadsCode || place.row.mayImport === 'everything';
    return open ? undefined : `${place.room} may not load a path that only the run knows`;
  }
  return specifier.startsWith('.')
    ? relativeFault(file, fact, specifier, place, project)
    : packageFault(specifier, place);
};

/** Imports cross rooms only as the table says. */
export const roomBorders: Guard = {
  promise: 'every import stays within the table of rooms, whatever kind of import it is',
  check: (project) =>
    codeOf(project).flatMap((file): Complaint[] => {
      const place = placeOf(file.path, project.rooms);
      if (place === undefined) return [{ path: file.path, say: 'is in no room of the table' }];
      return importsOf(file).flatMap((fact) => {
        const say = faultOf(file, fact, place, project);
        return say === undefined ? [] : [{ path: file.path, line: fact.line, say }];
      });
    }),
};

/** How many imports each permission of a row lets through. */
const usedPermissions = (row: RoomRow, project: Project): Set<Permission> => {
  const used = new Set<Permission>();
  for (const file of codeOf(project)) {
    const place = placeOf(file.path, project.rooms);
    if (place?.row !== row) continue;
    for (const { specifier, typeOnly } of importsOf(file)) {
      if (specifier === undefined || !specifier.startsWith('.')) continue;
      const target = resolveRelative(file.path, specifier);
      if (placeOf(target, project.rooms)?.room === place.room) continue;
      const permission = permissionFor(row, target, typeOnly);
      if (permission !== undefined && permission !== 'everything') used.add(permission);
    }
  }
  return used;
};

/** A table that allows more than is used stops meaning anything. */
export const staleRooms: Guard = {
  promise: 'the table of rooms has no row and no permission that nothing uses',
  check: (project) =>
    project.rooms.flatMap((row): Complaint[] => {
      const inhabited = row.paths.filter((room) =>
        codeOf(project).some(({ path }) => placeOf(path, project.rooms)?.room === room),
      );
      if (row.later) {
        return inhabited.map((path) => ({ path, say: 'has code, so it is no longer "later"' }));
      }
      if (inhabited.length === 0) {
        return [{ path: row.paths.join(', '), say: 'is in the table of rooms and has no code' }];
      }
      if (row.mayImport === 'everything') return [];
      const used = usedPermissions(row, project);
      return row.mayImport
        .filter((permission) => !used.has(permission))
        .map(({ room }) => ({
          path: row.paths.join(', '),
          say: `may import ${room} and never does`,
        }));
    }),
};
