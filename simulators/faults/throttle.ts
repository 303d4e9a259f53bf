import type { FaultEntry } from '../kernel/fault-entry.ts';

export const throttle = {
  name: 'throttle',
  doc: 'So many requests a second are served; the rest must slow down (429, ESME_RTHROTTLED).',
  targets: ['carrier-rcs', 'carrier-sms', 'carrier-mms', 'gateway', 'push', 'attachments'],
  params: {
    to: { doc: 'What is still served.', type: 'rate' },
    'retry-after': {
      doc: 'The Retry-After that the refused are told.',
      type: 'duration',
      default: 1_000_000,
    },
  },
  shape: 'interval',
  truth: 'degraded',
  example: 'trickle: { throttle: push/apns, to: 1/s, during: 90s..2m }',
} as const satisfies FaultEntry;
