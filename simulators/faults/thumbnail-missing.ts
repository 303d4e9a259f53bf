import type { FaultEntry } from '../kernel/fault-entry.ts';

export const thumbnailMissing = {
  name: 'thumbnail-missing',
  doc: 'The attachment store has no thumbnails; the files themselves are there.',
  targets: ['attachments'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'no-previews: { thumbnail-missing: attachments/store, during: 0s..60s }',
} as const satisfies FaultEntry;
