import type { FaultEntry } from '../kernel/fault-entry.ts';

export const stale = {
  name: 'stale',
  doc:
    'Just before a true callback comes a copy that was signed long ago; only where the vendor’s ' +
    'signature has a date (Vonage, Sinch). Elsewhere nothing is hit.',
  targets: ['gateway'],
  params: {
    age: { doc: 'How long ago.', type: 'duration', default: 600_000_000 },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'old: { stale: gateway/vonage, age: 1h, during: 0s..2m }',
} as const satisfies FaultEntry;
