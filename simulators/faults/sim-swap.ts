import type { FaultEntry } from '../kernel/fault-entry.ts';

export const simSwap = {
  name: 'sim-swap',
  doc:
    'Somebody else’s phone holds the number: a new device whose SIM was swapped asks to ' +
    'be let in.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'swapped: { sim-swap: person/ana, during: 60s..3m }',
} as const satisfies FaultEntry;
