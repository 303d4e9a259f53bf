/** Files on disk → sources, each failure with the file and what to do. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { BellwetherError, BellwetherErrors, nearestWord } from '../../simulators/kernel/errors.ts';
import { diagnose } from '../scenario/diagnose.ts';
import { knownKeys } from '../scenario/known-keys.ts';
import { readSource } from '../scenario/source.ts';
import type { Source } from '../scenario/source.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a file stands where a folder should',
  EACCES: 'nobody may read it but its owner',
  ELOOP: 'it is a link that leads back to itself',
};

/**
 * SCENARIO_UNREADABLE, with the nearest name that is there. `shown` is the path as people see it.
 */
export function unreadable(file: string, shown: string, cause: unknown): BellwetherError {
  const code = (cause as { code?: string }).code ?? 'unknown';
  const folder = dirname(file);
  const neighbours = code === 'ENOENT' && existsSync(folder) ? readdirSync(folder) : [];
  const near = nearestWord(basename(file), neighbours);
  const reason = REASONS[code] ?? code;
  return new BellwetherError(`cannot read ${shown} (${reason})`, {
    code: 'SCENARIO_UNREADABLE',
    blame: 'author',
    hint: near === undefined ? 'Check the path.' : `Did you mean ${join(dirname(shown), near)}?`,
    cause,
  });
}

export function readText(file: string, shown: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, shown, error);
  }
}

/** Throws SCENARIO_UNREADABLE, or BellwetherErrors when the text is no YAML of ours. */
export function readYaml(file: string, shown: string): Source {
  return parseYaml(shown, readText(file, shown));
}

export function parseYaml(shown: string, text: string): Source {
  const { source, problems } = readSource(shown, text);
  if (problems.length > 0) throw new BellwetherErrors(problems);
  return source;
}

/** The source's value in the schema's shape; throws BellwetherErrors with positions. */
export function checked<T extends z.ZodType>(schema: T, source: Source): z.output<T> {
  const parsed = schema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  throw new BellwetherErrors(
    diagnose(source, parsed.error.issues, (path) => knownKeys(schema, path)),
  );
}
