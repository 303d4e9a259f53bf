import type { FaultEntry } from '../kernel/fault-entry.ts';

export const acceptThenDropAnswer = {
  name: 'accept-then-drop-answer',
  doc: 'The request is carried out, but its answer never arrives: an ambiguous send.',
  targets: ['carrier-sms', 'carrier-mms', 'gateway', 'push'],
  params: {},
  shape: 'interval',
  truth: 'degraded',
  example: 'unsure: { accept-then-drop-answer: gateway/rbm, during: 10s..20s, hit: { first: 5 } }',
} as const satisfies FaultEntry;
