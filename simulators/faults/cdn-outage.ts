import type { FaultEntry } from '../kernel/fault-entry.ts';

export const cdnOutage = {
  name: 'cdn-outage',
  doc: 'The attachment store is gone: nothing can be put there or fetched from there.',
  targets: ['attachments'],
  params: {
    mode: {
      doc: 'How the caller notices.',
      type: 'word',
      words: ['refuse', 'black-hole', 'reset', 'error'],
      default: 'error',
    },
    status: { doc: 'The HTTP status of `mode: error`.', type: 'count', default: 503 },
  },
  shape: 'interval',
  truth: 'down',
  example: 'store-down: { cdn-outage: attachments/store, during: 20s..60s }',
} as const satisfies FaultEntry;
