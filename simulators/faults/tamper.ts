import type { FaultEntry } from '../kernel/fault-entry.ts';

export const tamper = {
  name: 'tamper',
  doc: 'Just before a true callback comes a copy that was changed after it had been signed.',
  targets: ['gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'changed: { tamper: gateway/rbm, during: 0s..2m, hit: { share: 20% } }',
} as const satisfies FaultEntry;
