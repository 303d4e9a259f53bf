import type { FaultEntry } from '../kernel/fault-entry.ts';

export const roam = {
  name: 'roam',
  doc:
    'A phone is abroad without data: texts arrive, and neither RCS, pushes nor pages do; a link ' +
    'that came by text is opened when there is data again.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'abroad: { roam: person/ana, during: 10s..2m }',
} as const satisfies FaultEntry;
