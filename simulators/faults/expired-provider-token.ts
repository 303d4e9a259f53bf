import type { FaultEntry } from '../kernel/fault-entry.ts';

export const expiredProviderToken = {
  name: 'expired-provider-token',
  doc:
    'Tokens from before the fault are refused (403 ExpiredProviderToken, 401 UNAUTHENTICATED); ' +
    'new ones are taken.',
  targets: ['push'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'stale: { expired-provider-token: push/*, during: 60s..2m }',
} as const satisfies FaultEntry;
