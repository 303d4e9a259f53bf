import type { FaultEntry } from '../kernel/fault-entry.ts';

export const offline = {
  name: 'offline',
  doc: 'A phone has no network; carriers and push services store or drop what is meant for it.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'away: { offline: person/ana, during: 10s..2m }',
} as const satisfies FaultEntry;
