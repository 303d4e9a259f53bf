import type { FaultEntry } from '../kernel/fault-entry.ts';

export const pause = {
  name: 'pause',
  doc: 'The implementation stands still (SIGSTOP) and goes on afterwards, as if nothing had been.',
  targets: ['implementation'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'frozen: { pause: implementation, during: 10s..25s }',
} as const satisfies FaultEntry;
