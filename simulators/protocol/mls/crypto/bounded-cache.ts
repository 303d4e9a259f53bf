import { mapKeyOf } from './bytes.ts';

/**
 * A map keyed by the value of byte strings, with the oldest entry dropped beyond `capacity`. Keyed
 * by value, not by object, because decoding a tree makes new arrays for the same public key.
 */
export interface BoundedCache<T> {
  /** The cached value, or `make()` remembered under `key`. */
  get(key: Uint8Array, make: () => T): T;
}

export function createBoundedCache<T>(capacity: number): BoundedCache<T> {
  const entries = new Map<string, T>();
  return {
    get(key, make) {
      const name = mapKeyOf(key);
      const known = entries.get(name);
      if (known !== undefined) return known;
      const made = make();
      if (entries.size >= capacity) {
        const oldest = entries.keys().next();
        if (oldest.done !== true) entries.delete(oldest.value);
      }
      entries.set(name, made);
      return made;
    },
  };
}
