import type { FaultEntry } from '../kernel/fault-entry.ts';

export const restart = {
  name: 'restart',
  doc: 'The implementation is asked to end (SIGTERM) and started again, as in a deployment.',
  targets: ['implementation'],
  params: {},
  shape: 'point',
  truth: 'unchanged',
  example: 'deploy: { restart: implementation, at: 1m }',
} as const satisfies FaultEntry;
