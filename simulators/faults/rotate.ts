import type { FaultEntry } from '../kernel/fault-entry.ts';

export const rotate = {
  name: 'rotate',
  doc:
    'A device renews its leaf and key packages and lets everybody know; the old keys work ' +
    'until they are replaced.',
  targets: ['person', 'device'],
  params: {},
  shape: 'point',
  truth: 'unchanged',
  example: 'fresh: { rotate: person/ana/device/1, at: 2m }',
} as const satisfies FaultEntry;
