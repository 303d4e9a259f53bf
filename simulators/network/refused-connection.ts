/** What the history says of a connection that a fault refused before anything was read. */
import type { Ambient } from '../kernel/ambient.ts';
import type { Meaning } from '../kernel/events.ts';

export function recordRefusedConnection(
  { clock, history }: Pick<Ambient, 'clock' | 'history'>,
  component: string,
  meaning: readonly Meaning[],
): void {
  const request = history.append({
    kind: 'door.request',
    component,
    operation: 'connect',
    what: 'connect',
  });
  history.append({
    kind: 'door.answered',
    cause: request,
    request,
    outcome: 'refused-connection',
    status: 'connection refused',
    meaning,
    handedAt: clock.now(),
  });
}
