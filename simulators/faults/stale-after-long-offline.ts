import type { FaultEntry } from '../kernel/fault-entry.ts';

export const staleAfterLongOffline = {
  name: 'stale-after-long-offline',
  doc:
    'A device is away for longer than its carrier keeps Commits for it, and comes back ' +
    'into an old epoch.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'away: { stale-after-long-offline: person/ana/device/2, during: 30s..3m }',
} as const satisfies FaultEntry;
