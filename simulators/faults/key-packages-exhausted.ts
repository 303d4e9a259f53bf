import type { FaultEntry } from '../kernel/fault-entry.ts';

export const keyPackagesExhausted = {
  name: 'key-packages-exhausted',
  doc:
    'The device’s pool of one-time key packages is empty and not filled up: only the last ' +
    'resort is left.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'dry: { key-packages-exhausted: person/ana, during: 0s..2m }',
} as const satisfies FaultEntry;
