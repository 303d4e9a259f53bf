import type { FaultEntry } from '../kernel/fault-entry.ts';

export const tokenInvalid = {
  name: 'token-invalid',
  doc: 'A push token is unregistered (410, UNREGISTERED); at the end the app has a new one.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'rotated: { token-invalid: person/ana/device/1, during: 30s..90s }',
} as const satisfies FaultEntry;
