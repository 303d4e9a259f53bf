/** `start.files`: configuration files, written from templates with the placeholders filled in. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Description } from './description.ts';
import { fillPlaceholders } from './placeholders.ts';

function refused(code: string, message: string, hint: string, cause?: unknown): BellwetherError {
  return new BellwetherError(message, {
    code,
    blame: 'author',
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

function templateText(description: Description, template: string): string {
  try {
    return readFileSync(resolve(description.folder, template), 'utf8');
  } catch (error) {
    const reason = (error as { code?: string }).code ?? 'unknown';
    throw refused(
      'IMPLEMENTATION_UNREADABLE',
      `${description.file}: start.files: cannot read ${template} (${reason})`,
      'Templates are relative to implementation.yaml.',
      error,
    );
  }
}

/** Writes every file below `folder`; throws IMPLEMENTATION_UNREADABLE, IMPLEMENTATION_FOLDER. */
export function renderFiles(
  description: Description,
  folder: string,
  values: Readonly<Record<string, string>>,
): void {
  for (const [target, template] of Object.entries(description.doc.start.files ?? {})) {
    const file = resolve(folder, target);
    if (!file.startsWith(`${folder}${sep}`)) {
      throw refused(
        'IMPLEMENTATION_FOLDER',
        `${description.file}: start.files: ${target} lies outside the folder of the run`,
        'Name a path below it; ${work.dir} is that folder.',
      );
    }
    const text = fillPlaceholders(templateText(description, template), values, template);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
