import type { FaultEntry } from '../kernel/fault-entry.ts';

export const uninstallApp = {
  name: 'uninstall-app',
  doc: "The organisation's app is removed from the phone; at the end it is installed again.",
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'removed: { uninstall-app: person/ana/device/1, during: 30s..90s }',
} as const satisfies FaultEntry;
