/**
 * Mutants and healthy variants are data: an edit of the reference's source, applied to a copy. A
 * mutant names the rule that must catch it; a healthy variant must pass everywhere.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { BellwetherError, BellwetherErrors } from '../../../simulators/kernel/errors.ts';
import { diagnose } from '../../scenario/diagnose.ts';
import { knownKeys } from '../../scenario/known-keys.ts';
import { readSource } from '../../scenario/source.ts';

const edit = z.strictObject({ file: z.string(), find: z.string(), replace: z.string() });
const variantSchema = z.strictObject({
  id: z.string(),
  summary: z.string().optional(),
  rule: z.string().optional(),
  scenario: z.string().optional(),
  also: z.array(z.string()).optional(),
  edit: edit.optional(),
  edits: z.array(edit).min(1).optional(),
});

export interface Variant {
  readonly id: string;
  readonly kind: 'mutant' | 'healthy';
  /**
   * What it edits: the reference implementation, or the simulated phones and their protocols, which
   * world checks judge.
   */
  readonly of: 'implementation' | 'world';
  readonly summary: string;
  /** The rule that must catch it; absent for healthy variants. */
  readonly rule: string | undefined;
  /** The scenario on which it must be caught; of a healthy one, where its difference shows. */
  readonly scenario: string | undefined;
  /** Further rules that it necessarily trips. */
  readonly also: readonly string[];
  readonly edits: readonly z.output<typeof edit>[];
}

function readVariants(
  folder: string,
  kind: Variant['kind'],
  of: Variant['of'] = 'implementation',
): Variant[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .flatMap((file) => {
      const shown = join(kind === 'mutant' ? 'mutants' : 'healthy', file);
      const { source, problems } = readSource(shown, readFileSync(join(folder, file), 'utf8'));
      if (problems.length > 0) throw new BellwetherErrors(problems);
      const schema = z.union([variantSchema, z.array(variantSchema)]);
      const parsed = schema.safeParse(source.value);
      if (!parsed.success) {
        const known = (): readonly string[] => knownKeys(variantSchema, []);
        throw new BellwetherErrors(diagnose(source, parsed.error.issues, known));
      }
      return [parsed.data].flat().map((doc) => ({
        id: doc.id,
        kind,
        of,
        summary: doc.summary ?? '',
        rule: doc.rule,
        scenario: doc.scenario,
        also: doc.also ?? [],
        edits: doc.edits ?? (doc.edit === undefined ? [] : [doc.edit]),
      }));
    });
}

/** Mutants beside an implementation: `mutants/*.yaml`. */
export function loadMutants(folder: string): Variant[] {
  return readVariants(join(folder, 'mutants'), 'mutant');
}

/** All variants beside an implementation: `mutants/*.yaml` and `healthy/*.yaml`. */
export function loadVariants(folder: string): Variant[] {
  return [...loadMutants(folder), ...readVariants(join(folder, 'healthy'), 'healthy')];
}

/** Mutants of the simulated phones and their protocols: `mutants/*.yaml`, files from the root. */
export function loadWorldMutants(folder: string): Variant[] {
  return readVariants(join(folder, 'mutants'), 'mutant', 'world');
}

function occurrences(text: string, find: string): number {
  return text.split(find).length - 1;
}

/** What makes a variant stale: an edit that does not match exactly once. */
export function staleReason(folder: string, variant: Variant): string | undefined {
  if (variant.edits.length === 0) return 'it edits nothing';
  for (const { file, find } of variant.edits) {
    let text: string;
    try {
      text = readFileSync(join(folder, file), 'utf8');
    } catch {
      return `there is no ${file}`;
    }
    const count = occurrences(text, find);
    if (count !== 1) return `its find stands ${count} times in ${file}`;
  }
  return undefined;
}

/**
 * Copies the implementation to `into` and applies the edits. The copy must lie inside the package,
 * so that imports by the package's own name still resolve.
 */
export function applyVariant(folder: string, variant: Variant, into: string): void {
  rmSync(into, { recursive: true, force: true });
  cpSync(folder, into, {
    recursive: true,
    filter: (path) => !['mutants', 'healthy', 'node_modules'].includes(basename(path)),
  });
  applyEdits(variant, into);
}

/** What a mutated world needs of the project: itself, and what runs and judges a cell. */
const WORLD_FOLDERS = ['simulators', 'harness', 'reports'];

/**
 * Copies the simulators and the harness to `into`, inside the package, and applies the edits: a
 * cell run by the copy's own worker has mutated phones.
 */
export function applyWorldVariant(project: string, variant: Variant, into: string): void {
  rmSync(into, { recursive: true, force: true });
  for (const folder of WORLD_FOLDERS) {
    cpSync(join(project, folder), join(into, folder), { recursive: true });
  }
  applyEdits(variant, into);
}

function applyEdits(variant: Variant, into: string): void {
  for (const { file, find, replace } of variant.edits) {
    const path = join(into, file);
    const text = readFileSync(path, 'utf8');
    if (occurrences(text, find) !== 1) {
      throw new BellwetherError(`${variant.id} is stale: its find does not stand once in ${file}`, {
        code: 'SELFTEST_STALE',
        blame: 'harness',
      });
    }
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
}
