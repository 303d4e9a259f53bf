import type { FaultEntry } from '../kernel/fault-entry.ts';

export const shutdown = {
  name: 'shutdown',
  doc:
    'The push service takes its servers out: 503 with Retry-After; APNs says Shutdown and ends ' +
    'the connection in good order (GOAWAY).',
  targets: ['push'],
  params: {
    'retry-after': {
      doc: 'The Retry-After that FCM tells.',
      type: 'duration',
      default: 5_000_000,
    },
  },
  shape: 'interval',
  truth: 'down',
  example: 'maintenance: { shutdown: push/*, during: 60s..2m }',
} as const satisfies FaultEntry;
