import type { FaultEntry } from '../kernel/fault-entry.ts';

export const capabilityWrong = {
  name: 'capability-wrong',
  doc:
    'Whoever asks what phones can do is told the same untruth of all. What follows from ' +
    'believing it is charged to the peer.',
  targets: ['carrier-rcs', 'gateway'],
  params: {
    says: {
      doc: 'No RCS at all, RCS without end-to-end encryption, or both.',
      type: 'word',
      words: ['none', 'rcs', 'e2ee'],
    },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'untrue: { capability-wrong: gateway/rbm, says: none, during: 30s..2m }',
} as const satisfies FaultEntry;
