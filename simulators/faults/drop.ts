import type { FaultEntry } from '../kernel/fault-entry.ts';

export const drop = {
  name: 'drop',
  doc: 'Callbacks are never sent: an SMS centre’s receipts do not leave it.',
  targets: ['carrier-sms'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'no-receipts: { drop: carrier/northtel/sms, during: 10s..30s, hit: { share: 20% } }',
} as const satisfies FaultEntry;
