import type { FaultEntry } from '../kernel/fault-entry.ts';

export const rotateSigningKey = {
  name: 'rotate-signing-key',
  doc:
    'The key that signs callbacks is renewed: meanwhile old and new both sign (`hit` says which ' +
    'callbacks have the new one), afterwards only the new, `${gateway.<name>.next…}`.',
  targets: ['gateway'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'renewed: { rotate-signing-key: gateway/twilio, during: 30s..90s, hit: { every: 2 } }',
} as const satisfies FaultEntry;
