import type { FaultEntry } from '../kernel/fault-entry.ts';

export const disableReceipts = {
  name: 'disable-receipts',
  doc:
    'A phone tells nobody any more what its person has read, or not even what has come; what ' +
    'networks and push services tell of it they go on telling.',
  targets: ['person', 'device'],
  params: {
    which: {
      doc: 'Read receipts alone, or those of delivery as well.',
      type: 'word',
      words: ['read', 'all'],
      default: 'read',
    },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'private: { disable-receipts: person/ana, which: all, during: 30s..2m }',
} as const satisfies FaultEntry;
