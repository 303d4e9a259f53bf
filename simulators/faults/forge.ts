import type { FaultEntry } from '../kernel/fault-entry.ts';

export const forge = {
  name: 'forge',
  doc: 'Just before a true callback comes a false one, whose signature somebody made up.',
  targets: ['gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'forger: { forge: gateway/twilio, during: 0s..2m, hit: { first: 5 } }',
} as const satisfies FaultEntry;
