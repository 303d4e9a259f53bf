import type { FaultEntry } from '../kernel/fault-entry.ts';

export const loss = {
  name: 'loss',
  doc: 'Requests vanish on the way: read by nobody, answered by nobody.',
  targets: ['carrier-rcs', 'carrier-sms', 'carrier-mms', 'gateway', 'push'],
  params: {
    share: { doc: 'Which share of them, by a seeded draw.', type: 'share', default: 1 },
  },
  shape: 'interval',
  truth: 'degraded',
  example: 'lossy: { loss: gateway/rbm, share: 10%, during: 0s..2m }',
} as const satisfies FaultEntry;
