import type { FaultEntry } from '../kernel/fault-entry.ts';

export const numberPorted = {
  name: 'number-ported',
  doc:
    'The person’s number moves to the next carrier of the world, with what that one offers: its ' +
    'core, its SMS centre, its encryption or none.',
  targets: ['person'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'ported: { number-ported: person/ana, during: 60s..3m }',
} as const satisfies FaultEntry;
