import type { FaultEntry } from '../kernel/fault-entry.ts';

/** How callers notice that a service is gone; of every fault that takes one away. */
export const OUTAGE_PARAMS = {
  mode: {
    doc: 'How the caller notices.',
    type: 'word',
    words: ['refuse', 'black-hole', 'reset', 'error'],
    default: 'error',
  },
  status: { doc: 'The HTTP status of `mode: error`.', type: 'count', default: 503 },
} as const satisfies FaultEntry['params'];

export const outage = {
  name: 'outage',
  doc: 'The service is gone: it refuses, swallows or breaks connections, or answers an error.',
  targets: ['carrier-rcs', 'carrier-sms', 'carrier-mms', 'gateway', 'push', 'imessage'],
  params: OUTAGE_PARAMS,
  shape: 'interval',
  truth: 'down',
  example: 'core-down: { outage: carrier/northtel/rcs, mode: black-hole, during: 60s..3m }',
} as const satisfies FaultEntry;
