import type { FaultEntry } from '../kernel/fault-entry.ts';

export const kill = {
  name: 'kill',
  doc: 'The implementation is killed (SIGKILL) and started again on the same store.',
  targets: ['implementation'],
  params: {
    down: {
      doc: 'How long it stays down before it is started again.',
      type: 'duration',
      default: 0,
    },
  },
  shape: 'point',
  truth: 'unchanged',
  example: 'crash: { kill: implementation, after: { event: message.submitted, nth: 10 } }',
} as const satisfies FaultEntry;
