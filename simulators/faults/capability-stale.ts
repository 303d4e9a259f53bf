import type { FaultEntry } from '../kernel/fault-entry.ts';

export const capabilityStale = {
  name: 'capability-stale',
  doc:
    'Whoever asks what phones can do is told what they could when it began; an RCS core tells ' +
    'that to every gateway, a gateway to those who ask it.',
  targets: ['carrier-rcs', 'gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'old-news: { capability-stale: gateway/rbm, during: 30s..2m }',
} as const satisfies FaultEntry;
