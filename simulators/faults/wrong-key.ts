import type { FaultEntry } from '../kernel/fault-entry.ts';

export const wrongKey = {
  name: 'wrong-key',
  doc: 'Just before a true callback comes a false one, signed properly with another’s key.',
  targets: ['gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'stranger: { wrong-key: gateway/twilio, during: 0s..2m, hit: { first: 5 } }',
} as const satisfies FaultEntry;
