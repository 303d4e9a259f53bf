import type { FaultEntry } from '../kernel/fault-entry.ts';

export const expiredUrl = {
  name: 'expired-url',
  doc: 'URLs that were signed before it began are called expired, as when their end comes early.',
  targets: ['attachments'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'early-end: { expired-url: attachments/store, during: 20s..60s }',
} as const satisfies FaultEntry;
