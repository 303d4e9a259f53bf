import type { FaultEntry } from '../kernel/fault-entry.ts';

export const carrierDisablesE2ee = {
  name: 'carrier-disables-e2ee',
  doc:
    'The carrier switches end-to-end encryption off: capabilities say so, and encrypted ' +
    'messages are not carried.',
  targets: ['carrier-rcs'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'disabled: { carrier-disables-e2ee: carrier/northtel/rcs, during: 60s..3m }',
} as const satisfies FaultEntry;
