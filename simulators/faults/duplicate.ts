import type { FaultEntry } from '../kernel/fault-entry.ts';

export const duplicate = {
  name: 'duplicate',
  doc: 'Callbacks come more than once, each copy as genuine as the first.',
  targets: ['carrier-sms', 'gateway'],
  params: {
    times: { doc: 'How many more.', type: 'count', default: 1 },
    pause: {
      doc: 'How long after the one before; 0 = at once.',
      type: 'duration',
      default: 0,
    },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'twice: { duplicate: carrier/northtel/sms, times: 2, pause: 20s, during: 0s..2m }',
} as const satisfies FaultEntry;
