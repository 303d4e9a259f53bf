/** How many ids are remembered; a sender that repeats one does so soon. */
const REMEMBERED = 50_000;

/**
 * Wires are unique in a cell, but a sender may repeat an id of its own (APNs does not mind): the
 * second one becomes `apns:<id>#2`.
 */
export function createUniqueWires(prefix: string): (id: string) => string {
  const times = new Map<string, number>();
  return (id) => {
    const count = (times.get(id) ?? 0) + 1;
    times.delete(id);
    times.set(id, count);
    if (times.size > REMEMBERED) {
      const oldest = times.keys().next();
      if (oldest.done !== true) times.delete(oldest.value);
    }
    return count === 1 ? `${prefix}:${id}` : `${prefix}:${id}#${count}`;
  };
}
