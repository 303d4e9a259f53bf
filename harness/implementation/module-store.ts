/** The store of an implementation in the process: it survives a kill, as a disk would. */
import type { ModuleStore } from './module-ports.ts';

/** Is it what reading its own JSON would give? Then a copy field by field is the same. */
function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isPlain(value[index])) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || 'toJSON' in value) return false;
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || !isPlain((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

/** Texts are shared, since nobody can change them. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = copyOf((value as Record<string, unknown>)[key]);
  return copy;
}

/** Either a plain value, or the JSON of what is none. */
type Kept = { readonly plain: unknown } | { readonly text: string };

export interface EvidentStore extends ModuleStore {
  /** What a thief of the disk would find: key and JSON. */
  entries(): Iterable<readonly [key: string, text: string]>;
}

/**
 * Values are kept as their JSON would be read, so that no object is shared with the module; nearly
 * all are plain and never become text before the store is searched at the end.
 */
export function createStore(): EvidentStore {
  const values = new Map<string, Kept>();
  return {
    entries: function* entries() {
      for (const [key, kept] of values) {
        yield [key, 'text' in kept ? kept.text : JSON.stringify(kept.plain)] as const;
      }
    },
    get: (key) => {
      const kept = values.get(key);
      if (kept === undefined) return undefined;
      return 'text' in kept ? (JSON.parse(kept.text) as unknown) : copyOf(kept.plain);
    },
    set: (key, value) => {
      values.set(key, isPlain(value) ? { plain: copyOf(value) } : { text: JSON.stringify(value) });
    },
    delete: (key) => {
      values.delete(key);
    },
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}
