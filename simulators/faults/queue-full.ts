import type { FaultEntry } from '../kernel/fault-entry.ts';

export const queueFull = {
  name: 'queue-full',
  doc: 'The message queue takes nothing more (ESME_RMSGQFUL; 429 where the door speaks HTTP).',
  targets: ['carrier-rcs', 'carrier-sms', 'gateway', 'push'],
  params: {},
  shape: 'interval',
  truth: 'degraded',
  example: 'full: { queue-full: carrier/northtel/sms, during: 10s..40s }',
} as const satisfies FaultEntry;
