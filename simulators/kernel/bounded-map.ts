/** A map that remembers at least its last `limit` entries and at most twice as many. */
export interface BoundedMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** True when it was there. */
  delete(key: string): boolean;
}

/**
 * Two generations: when the young one is full it becomes the old one and the old one is dropped.
 * (Deleting the oldest entry of one Map again and again makes V8 walk over all that were deleted.)
 * What is set again or asked for stays.
 */
export function createBoundedMap<V>(limit: number): BoundedMap<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  const set = (key: string, value: V): void => {
    young.set(key, value);
    if (young.size < limit) return;
    old = young;
    young = new Map();
  };
  return {
    get: (key) => {
      const found = young.get(key);
      if (found !== undefined) return found;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
    delete: (key) => {
      const wasYoung = young.delete(key);
      return old.delete(key) || wasYoung;
    },
  };
}
