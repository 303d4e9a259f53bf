import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { PROJECT_FOLDER } from '../compose.ts';

/** Below the project's folder. */
const REFERENCE = 'examples/reference-notifier/implementation.yaml';

/**
 * The reference notifier's description, absolute. It comes with a checkout, not with the installed
 * package: throws CLI_NO_REFERENCE, which names what is in want of it.
 */
export function referenceFile(wanting: string): string {
  const file = join(PROJECT_FOLDER, REFERENCE);
  if (existsSync(file)) return file;
  throw new BellwetherError(`${wanting} needs the reference notifier, and it is not here`, {
    code: 'CLI_NO_REFERENCE',
    blame: 'author',
    hint: 'It comes with a checkout of Bellwether: run this there.',
  });
}
