import type { FaultEntry } from '../kernel/fault-entry.ts';

export const epochFork = {
  name: 'epoch-fork',
  doc:
    'A device is in an epoch of its own; or, at a gateway, another client of the same ' +
    'agent has committed.',
  targets: ['person', 'device', 'gateway'],
  params: {},
  shape: 'point',
  truth: 'unchanged',
  example: 'forked: { epoch-fork: gateway/rbm, at: 60s }',
} as const satisfies FaultEntry;
