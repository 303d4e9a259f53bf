import type { FaultEntry } from '../kernel/fault-entry.ts';

export const bandwidth = {
  name: 'bandwidth',
  doc:
    'The way to the service carries so many bytes a second: requests wait for those before them, ' +
    'longer ones take longer.',
  targets: ['gateway', 'push', 'attachments'],
  params: {
    to: {
      doc: 'Bytes a second, of requests, of objects that are fetched, and some for each answer.',
      type: 'rate',
    },
  },
  shape: 'interval',
  truth: 'degraded',
  example: 'narrow: { bandwidth: gateway/rbm, to: 2000/s, during: 30s..90s }',
} as const satisfies FaultEntry;
