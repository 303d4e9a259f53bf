/** How many ids a generation holds; a sender that repeats one does so soon. */
const GENERATION = 25_000;

/**
 * Wires are unique in a cell, but a sender may repeat an id of its own (APNs does not mind): the
 * second one becomes `apns:<id>#2`. Two generations of ids are remembered, so memory is bounded.
 */
export function createUniqueWires(prefix: string): (id: string) => string {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  return (id) => {
    const count = (young.get(id) ?? old.get(id) ?? 0) + 1;
    young.set(id, count);
    if (young.size >= GENERATION) [young, old] = [new Map(), young];
    return count === 1 ? `${prefix}:${id}` : `${prefix}:${id}#${count}`;
  };
}
