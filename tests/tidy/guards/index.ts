import type { Guard } from '../project.ts';
import { ambient } from './ambient.ts';
import { defaultExports, leftovers, moduleState } from './code-habits.ts';
import { fileLength, fileNames, lineLength, registries, roomReadmes } from './layout.ts';
import { decisions, lockFile, machinePaths } from './packages.ts';
import { roomBorders, staleRooms } from './room-borders.ts';

/** The house rules; each has a project of its own that must fail, in tests/fixtures/tidy/<name>. */
export const guards = {
  ambient,
  decisions,
  'default-exports': defaultExports,
  'file-length': fileLength,
  'file-names': fileNames,
  leftovers,
  'line-length': lineLength,
  'lock-file': lockFile,
  'machine-paths': machinePaths,
  'module-state': moduleState,
  registries,
  'room-borders': roomBorders,
  'room-readmes': roomReadmes,
  'stale-rooms': staleRooms,
} as const satisfies Record<string, Guard>;
