import type { UuidSet } from './uuid-set.ts';
import { createUuidSet } from './uuid-set.ts';

/** How many ids a generation holds; a sender that repeats one does so soon. */
const GENERATION = 25_000;

interface Generation {
  readonly ids: UuidSet;
  /** How often, of those that came more than once. */
  readonly counts: Map<string, number>;
}

function createGeneration(): Generation {
  return { ids: createUuidSet(), counts: new Map() };
}

/**
 * Wires are unique in a cell, but a sender may repeat an id of its own (APNs does not mind): the
 * second one becomes `apns:<id>#2`. Two generations of ids are remembered, so memory is bounded.
 * Ids are UUIDs in lower case.
 */
export function createUniqueWires(prefix: string): (id: string) => string {
  let young = createGeneration();
  let old = createGeneration();
  return (id) => {
    let count = 1;
    if (!young.ids.add(id)) {
      count = (young.counts.get(id) ?? 1) + 1;
    } else if (old.ids.has(id)) {
      count = (old.counts.get(id) ?? 1) + 1;
    }
    if (count > 1) young.counts.set(id, count);
    if (young.ids.size >= GENERATION) [young, old] = [createGeneration(), young];
    return count === 1 ? `${prefix}:${id}` : `${prefix}:${id}#${count}`;
  };
}
