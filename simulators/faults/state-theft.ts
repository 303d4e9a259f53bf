import type { FaultEntry } from '../kernel/fault-entry.ts';

export const stateTheft = {
  name: 'state-theft',
  doc:
    'An observer takes a copy of a device’s MLS state, and tries it on earlier and on all ' +
    'later ciphertexts.',
  targets: ['person', 'device'],
  params: {},
  shape: 'point',
  truth: 'unchanged',
  example: 'copied: { state-theft: person/ana/device/1, at: 60s }',
} as const satisfies FaultEntry;
