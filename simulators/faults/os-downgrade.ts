import type { FaultEntry } from '../kernel/fault-entry.ts';

export const osDowngrade = {
  name: 'os-downgrade',
  doc:
    'A device’s messages app loses end-to-end encryption; its conversations with people ' +
    'are told so (end_mls).',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'back: { os-downgrade: person/ana/device/1, during: 60s..3m }',
} as const satisfies FaultEntry;
