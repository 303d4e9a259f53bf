import type { FaultEntry } from '../kernel/fault-entry.ts';

export const oversize = {
  name: 'oversize',
  doc:
    'Just before a true callback comes a copy of many megabytes, properly signed; or the ' +
    'attachment store serves more bytes than an object has.',
  targets: ['gateway', 'attachments'],
  params: {
    bytes: { doc: 'How much is added to it.', type: 'count', default: 8_000_000 },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'huge: { oversize: gateway/twilio, during: 0s..2m, hit: { first: 1 } }',
} as const satisfies FaultEntry;
