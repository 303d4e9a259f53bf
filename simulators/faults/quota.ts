import type { FaultEntry } from '../kernel/fault-entry.ts';

export const quota = {
  name: 'quota',
  doc:
    'So many pushes are taken for one phone; the rest are refused for this phone alone (429 ' +
    'TooManyRequests, QUOTA_EXCEEDED).',
  targets: ['push'],
  params: {
    'per-device': { doc: 'What is still taken for each phone.', type: 'rate' },
    'retry-after': {
      doc: 'The Retry-After that the refused are told.',
      type: 'duration',
      default: 1_000_000,
    },
  },
  shape: 'interval',
  truth: 'degraded',
  example: 'per-phone: { quota: push/apns, per-device: 6/m, during: 90s..2m }',
} as const satisfies FaultEntry;
