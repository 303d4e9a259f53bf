import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { parseKnownFailures } from '../verdict/index.ts';
import type { KnownFailure } from '../verdict/index.ts';
import { reasonOf } from './file-reasons.ts';

/** The register of `--known-failures`; throws CLI_KNOWN_FAILURES, VERDICT_REGISTER_INVALID. */
export function knownFailuresOf(file: string | undefined, folder: string): readonly KnownFailure[] {
  if (file === undefined) return [];
  try {
    return parseKnownFailures(readFileSync(resolve(folder, file), 'utf8'), file);
  } catch (error) {
    if (error instanceof BellwetherError) throw error;
    throw new BellwetherError(`cannot read the register ${file} (${reasonOf(error)})`, {
      code: 'CLI_KNOWN_FAILURES',
      blame: 'author',
      hint: 'Check the path of --known-failures.',
      cause: error,
    });
  }
}
