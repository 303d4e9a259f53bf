import type { FaultEntry } from '../kernel/fault-entry.ts';

export const falseReceipt = {
  name: 'false-receipt',
  doc:
    'The peer lies: `delivered` as soon as a message was taken, whatever becomes of it, or ' +
    '`failed` of one that has arrived. What follows from it is charged to the peer.',
  targets: ['carrier-sms'],
  params: {
    says: { doc: 'The lie.', type: 'word', words: ['delivered', 'failed'] },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'lying: { false-receipt: carrier/northtel/sms, says: delivered, during: 10s..30s }',
} as const satisfies FaultEntry;
