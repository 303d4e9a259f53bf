/** Imports the module of `start: { module: … }` before any cell's time is driven. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Description } from './description.ts';
import { watchExits } from './module-exit.ts';
import { guardOutput } from './module-output.ts';
import type { CreateModule } from './module-ports.ts';

function moduleFile(description: Description): string {
  return resolve(description.folder, description.doc.start.module ?? '');
}

/** Where the module lies: what stands below it is its own code. */
export function moduleFolder(description: Description): string {
  return dirname(moduleFile(description));
}

function unusable(message: string, hint: string, cause?: unknown): BellwetherError {
  return new BellwetherError(message, {
    code: 'IMPLEMENTATION_MISSING',
    blame: 'author',
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Reading files takes real time, and virtual time must never wait for it. Throws
 * IMPLEMENTATION_MISSING (blame: author): no such file, it cannot be loaded, it exports no
 * `create`.
 */
export async function loadModule(description: Description): Promise<CreateModule> {
  const written = description.doc.start.module ?? '';
  const file = moduleFile(description);
  const where = `${description.file}: start.module: ${written}`;
  if (!existsSync(file)) {
    throw unusable(`${where} is not there`, 'The path is relative to implementation.yaml.');
  }
  let loaded: { readonly create?: unknown };
  guardOutput();
  const unwatch = watchExits(() => {});
  try {
    loaded = (await import(pathToFileURL(file).href)) as { create?: unknown };
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw unusable(`${where} cannot be loaded: ${said}`, `Try: node ${written}`, error);
  } finally {
    unwatch();
  }
  if (typeof loaded.create !== 'function') {
    throw unusable(
      `${where} does not export create(ports)`,
      'See docs/implementations.md, “In the harness’s process”.',
    );
  }
  return loaded.create as CreateModule;
}
