import type { z } from 'zod';
import type { SourcePath } from './source.ts';

interface Def {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  /** Of an enumeration. */
  readonly entries?: Readonly<Record<string, string>>;
}

function step(schema: z.ZodType, key: string | number): z.ZodType[] {
  const def = schema.def as unknown as Def;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'nullable':
      return def.innerType === undefined ? [] : step(def.innerType, key);
    case 'pipe':
      return def.in === undefined ? [] : step(def.in, key);
    case 'union':
      return (def.options ?? []).flatMap((option) => step(option, key));
    case 'object':
      return def.shape !== undefined && Object.hasOwn(def.shape, key) ? [def.shape[key]!] : [];
    case 'record':
      return def.valueType === undefined ? [] : [def.valueType];
    case 'array':
      return def.element === undefined ? [] : [def.element];
    default:
      return [];
  }
}

function keysOf(schema: z.ZodType): readonly string[] {
  const def = schema.def as unknown as Def;
  if (def.type === 'object') return Object.keys(def.shape ?? {});
  if (def.type === 'record') {
    const key = def.keyType?.def as unknown as Def | undefined;
    return key?.type === 'enum' ? Object.keys(key.entries ?? {}) : [];
  }
  if (def.innerType !== undefined) return keysOf(def.innerType);
  if (def.type === 'pipe' && def.in !== undefined) return keysOf(def.in);
  if (def.type === 'union') return (def.options ?? []).flatMap((option) => keysOf(option));
  return [];
}

/** The keys that a schema would take at a path: the vocabulary of "did you mean". */
export function knownKeys(schema: z.ZodType, path: SourcePath): readonly string[] {
  let here = [schema];
  for (const key of path) here = here.flatMap((candidate) => step(candidate, key));
  return [...new Set(here.flatMap((candidate) => keysOf(candidate)))];
}
