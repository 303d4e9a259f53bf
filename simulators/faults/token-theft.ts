import type { FaultEntry } from '../kernel/fault-entry.ts';

export const tokenTheft = {
  name: 'token-theft',
  doc:
    'A thief enrols a device of theirs with a stolen registration token; no SIM and no ' +
    'platform vouches for it.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'stolen: { token-theft: person/ana, during: 30s..3m }',
} as const satisfies FaultEntry;
