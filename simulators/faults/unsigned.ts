import type { FaultEntry } from '../kernel/fault-entry.ts';

export const unsigned = {
  name: 'unsigned',
  doc: 'Just before a true callback comes a false one without any signature.',
  targets: ['gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'bare: { unsigned: gateway/twilio, during: 0s..2m, hit: { first: 5 } }',
} as const satisfies FaultEntry;
