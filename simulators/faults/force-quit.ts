import type { FaultEntry } from '../kernel/fault-entry.ts';

export const forceQuit = {
  name: 'force-quit',
  doc:
    'The person quits the app: on iOS no background push reaches it any more, alerts are shown ' +
    'by the system; on Android (force-stop) nothing reaches it until it is opened again.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'swiped-away: { force-quit: person/ana/device/1, during: 30s..90s }',
} as const satisfies FaultEntry;
