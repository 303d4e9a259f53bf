import type { FaultEntry } from '../kernel/fault-entry.ts';

export const latency = {
  name: 'latency',
  doc: 'Every request waits before it is served; beyond the attempt timeout the path is degraded.',
  targets: [
    'carrier-rcs',
    'carrier-sms',
    'carrier-mms',
    'gateway',
    'push',
    'attachments',
    'imessage',
  ],
  params: {
    delay: {
      doc: 'How long: `2s`, or a range `1s..5s` (uniform).',
      type: 'distribution',
    },
  },
  shape: 'interval',
  truth: 'degraded',
  example: 'slow: { latency: gateway/rbm, delay: 1s..5s, during: 30s..90s }',
} as const satisfies FaultEntry;
