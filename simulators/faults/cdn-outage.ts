import type { FaultEntry } from '../kernel/fault-entry.ts';
import { OUTAGE_PARAMS } from './outage.ts';

export const cdnOutage = {
  name: 'cdn-outage',
  doc: 'The attachment store is gone: nothing can be put there or fetched from there.',
  targets: ['attachments'],
  params: OUTAGE_PARAMS,
  shape: 'interval',
  truth: 'down',
  example: 'store-down: { cdn-outage: attachments/store, during: 20s..60s }',
} as const satisfies FaultEntry;
