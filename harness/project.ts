/** Where the project lies and what it calls itself; nothing that would take time to load. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `harness/`, `simulators/`, `scenarios/`: the checkout or the package. */
export const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** As package.json says it. */
export function projectVersion(): string {
  const manifest = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
