import type { FaultEntry } from '../kernel/fault-entry.ts';

export const malformed = {
  name: 'malformed',
  doc: 'Just before a true callback comes a copy that is cut off, and signed as it is.',
  targets: ['gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'cut: { malformed: gateway/rbm, during: 0s..2m, hit: { first: 5 } }',
} as const satisfies FaultEntry;
