import type { FaultEntry } from '../kernel/fault-entry.ts';

export const osUpdate = {
  name: 'os-update',
  doc: 'A device’s messages app gains end-to-end encryption.',
  targets: ['person', 'device'],
  params: {},
  shape: 'point',
  truth: 'unchanged',
  example: 'new: { os-update: person/ana/device/1, at: 60s }',
} as const satisfies FaultEntry;
