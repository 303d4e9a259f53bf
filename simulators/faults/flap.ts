import type { FaultEntry } from '../kernel/fault-entry.ts';
import { OUTAGE_PARAMS } from './outage.ts';

export const flap = {
  name: 'flap',
  doc: 'The service comes and goes: down for a while, up for a while, and so on.',
  targets: ['carrier-rcs', 'carrier-sms', 'gateway', 'push', 'attachments'],
  params: {
    down: { doc: 'How long it is down each time.', type: 'duration', default: 5_000_000 },
    up: { doc: 'How long it is up in between.', type: 'duration', default: 5_000_000 },
    ...OUTAGE_PARAMS,
  },
  shape: 'interval',
  truth: 'down',
  example: 'unsteady: { flap: gateway/rbm, down: 4s, up: 8s, during: 30s..2m }',
} as const satisfies FaultEntry;
