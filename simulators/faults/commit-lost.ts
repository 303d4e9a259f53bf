import type { FaultEntry } from '../kernel/fault-entry.ts';

export const commitLost = {
  name: 'commit-lost',
  doc:
    'Commits to the device vanish on the way; it stays in an epoch that the others have ' + 'left.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'missed: { commit-lost: person/ana/device/2, hit: { first: 1 }, during: 30s..2m }',
} as const satisfies FaultEntry;
