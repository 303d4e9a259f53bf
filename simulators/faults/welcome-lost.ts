import type { FaultEntry } from '../kernel/fault-entry.ts';

export const welcomeLost = {
  name: 'welcome-lost',
  doc: 'Welcomes to the device vanish on the way; it is in a group that it does not know.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'uninvited: { welcome-lost: person/ana/device/1, hit: { first: 1 }, during: 0s..60s }',
} as const satisfies FaultEntry;
