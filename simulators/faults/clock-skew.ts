import type { FaultEntry } from '../kernel/fault-entry.ts';

export const clockSkew = {
  name: 'clock-skew',
  doc:
    'The implementation’s clock is wrong: the date that it reads, not how fast its timers run. ' +
    'Only for a module, whose clock is handed to it; a process has the machine’s.',
  targets: ['implementation'],
  params: {
    by: { doc: 'How wrong it is.', type: 'duration' },
    direction: {
      doc: 'Which way.',
      type: 'word',
      words: ['ahead', 'behind'],
      default: 'ahead',
    },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'fast: { clock-skew: implementation, by: 2m, direction: ahead, during: 0s..3m }',
} as const satisfies FaultEntry;
