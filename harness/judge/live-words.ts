/** Events in plain words as they come, where nobody folds a whole history. */
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { eventWords } from './story-words.ts';
import { channelWords } from './wording.ts';

/** Wires that are remembered, for worlds that are left running. */
const REMEMBERED = 10_000;

interface Linked {
  readonly wire?: string;
  readonly component?: string;
}

/**
 * `reading`: the names of the gateways that hold the keys of what they encrypt; what they were
 * given is not called end-to-end encrypted on its way. Every event has to be brought, in order.
 */
export function createLiveWords(
  reading: readonly string[] = [],
): (event: HistoryEvent) => string | null {
  const gateways = new Set(reading.map((name) => `gateway/${name}`));
  const managed = new Set<string>();

  const learn = (wire: string | undefined): void => {
    if (wire === undefined) return;
    managed.add(wire);
    const [oldest] = managed;
    if (managed.size > REMEMBERED && oldest !== undefined) managed.delete(oldest);
  };
  const isManaged = ({ wire, component }: Linked): boolean =>
    (component !== undefined && gateways.has(component)) ||
    (wire !== undefined && managed.has(wire));

  return (event) => {
    if (gateways.size > 0) {
      if (event.kind === 'carried' && event.parent !== undefined && managed.has(event.parent)) {
        learn(event.wire);
      } else if (event.kind === 'door.request' && gateways.has(event.component)) {
        learn(event.wire);
      }
    }
    return eventWords(event, (channel, about) => channelWords(channel, isManaged(about as Linked)));
  };
}
