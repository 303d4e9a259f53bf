import type { FaultEntry } from '../kernel/fault-entry.ts';

export const answerThenLose = {
  name: 'answer-then-lose',
  doc: 'The request is accepted and the message then vanishes: no receipt, no failure.',
  targets: ['carrier-rcs', 'carrier-sms', 'gateway', 'push'],
  params: {},
  shape: 'interval',
  truth: 'degraded',
  example:
    'gone: { answer-then-lose: carrier/northtel/sms, during: 10s..20s, hit: { share: 20% } }',
} as const satisfies FaultEntry;
