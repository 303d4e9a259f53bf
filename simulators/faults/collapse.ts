import type { FaultEntry } from '../kernel/fault-entry.ts';

export const collapse = {
  name: 'collapse',
  doc: 'Of the pushes to one phone within a while only the last arrives; all are answered 200.',
  targets: ['push'],
  params: {
    within: {
      doc: 'How long a push waits for a later one that takes its place.',
      type: 'duration',
      default: 3_000_000,
    },
  },
  shape: 'interval',
  truth: 'degraded',
  example: 'coalesced: { collapse: push/*, within: 5s, during: 60s..2m }',
} as const satisfies FaultEntry;
