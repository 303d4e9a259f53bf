import type { FaultEntry } from '../kernel/fault-entry.ts';

export const reorder = {
  name: 'reorder',
  doc: 'A callback is overtaken by the one after it (or waits half a minute for one in vain).',
  targets: ['gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'mixed: { reorder: gateway/twilio, during: 10s..60s, hit: { every: 2 } }',
} as const satisfies FaultEntry;
