import type { FaultEntry } from '../kernel/fault-entry.ts';

export const delay = {
  name: 'delay',
  doc: 'Callbacks come late: they wait before they are sent.',
  targets: ['carrier-sms', 'gateway'],
  params: {
    by: { doc: 'How long: `30s`, or a range `1s..5m` (uniform).', type: 'distribution' },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'late: { delay: carrier/northtel/sms, by: 30s..2m, during: 10s..30s }',
} as const satisfies FaultEntry;
