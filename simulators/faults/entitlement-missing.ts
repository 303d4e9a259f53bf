import type { FaultEntry } from '../kernel/fault-entry.ts';

export const entitlementMissing = {
  name: 'entitlement-missing',
  doc:
    'The app lacks the `messaging` push entitlement: fewer background pushes an hour than with ' +
    'it, on phones whose profile knows it.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'unentitled: { entitlement-missing: person/ana, during: 0s..5m }',
} as const satisfies FaultEntry;
