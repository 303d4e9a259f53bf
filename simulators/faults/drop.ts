import type { FaultEntry } from '../kernel/fault-entry.ts';

export const drop = {
  name: 'drop',
  doc: 'Callbacks are never sent: a gateway’s notifications, an SMS centre’s receipts.',
  targets: ['carrier-sms', 'gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'no-receipts: { drop: carrier/northtel/sms, during: 10s..30s, hit: { share: 20% } }',
} as const satisfies FaultEntry;
