import type { FaultEntry } from '../kernel/fault-entry.ts';

export const revoke = {
  name: 'revoke',
  doc: 'A device is removed from the account. It keeps its keys and is fed every later ciphertext.',
  targets: ['person', 'device'],
  params: {},
  shape: 'point',
  truth: 'down',
  example: 'removed: { revoke: person/ana/device/2, at: 3m }',
} as const satisfies FaultEntry;
