import type { FaultEntry } from '../kernel/fault-entry.ts';

export const capabilityFlap = {
  name: 'capability-flap',
  doc: 'What is told of phones’ capabilities swings between an untruth and the truth.',
  targets: ['carrier-rcs', 'gateway'],
  params: {
    says: {
      doc: 'The untruth: no RCS at all, RCS without end-to-end encryption, or both.',
      type: 'word',
      words: ['none', 'rcs', 'e2ee'],
      default: 'none',
    },
    every: { doc: 'How long each of the two is told.', type: 'duration', default: 5_000_000 },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'swinging: { capability-flap: carrier/northtel/rcs, every: 3s, during: 30s..2m }',
} as const satisfies FaultEntry;
