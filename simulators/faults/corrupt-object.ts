import type { FaultEntry } from '../kernel/fault-entry.ts';

export const corruptObject = {
  name: 'corrupt-object',
  doc: 'The attachment store serves objects with a byte changed.',
  targets: ['attachments'],
  params: {},
  shape: 'interval',
  truth: 'degraded',
  example: 'damaged: { corrupt-object: attachments/store, during: 20s..60s, hit: { first: 3 } }',
} as const satisfies FaultEntry;
