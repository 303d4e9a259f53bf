import type { FaultEntry } from '../kernel/fault-entry.ts';

export const slowBody = {
  name: 'slow-body',
  doc:
    'The head of an answer comes at once and its body in a trickle; who limits only the wait for ' +
    'the head waits for ever. What has no body is not hit: of APNs only refusals can be.',
  targets: ['gateway', 'push', 'attachments'],
  params: {
    to: { doc: 'How many bytes of a body come in a second, at least one.', type: 'rate' },
  },
  shape: 'interval',
  truth: 'degraded',
  example: 'trickling: { slow-body: gateway/rbm, to: 5/s, during: 30s..90s }',
} as const satisfies FaultEntry;
