import type { FaultEntry } from '../kernel/fault-entry.ts';

export const attestationFail = {
  name: 'attestation-fail',
  doc:
    'The platform’s attestation of a device fails: nobody vouches for its leaf while that ' +
    'lasts.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'down',
  example: 'rooted: { attestation-fail: person/ana/device/2, during: 60s..3m }',
} as const satisfies FaultEntry;
