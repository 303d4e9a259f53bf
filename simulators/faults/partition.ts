import type { FaultEntry } from '../kernel/fault-entry.ts';

export const partition = {
  name: 'partition',
  doc:
    'Two parties do not reach each other, in either direction, and nobody tells them: requests ' +
    'and callbacks vanish between the implementation and a service; between a gateway and a ' +
    'carrier messages and receipts wait until it is over, and so does every packet between the ' +
    'implementation and an SMS centre, whose connections stay up.',
  targets: ['gateway', 'push', 'carrier-sms'],
  params: {
    from: {
      doc: 'The other party: `implementation`, or for a gateway a carrier’s core or SMS centre.',
      type: 'target',
      default: 'implementation',
    },
  },
  shape: 'interval',
  truth: 'down',
  example: 'split: { partition: gateway/rbm, from: carrier/northtel/rcs, during: 30s..90s }',
} as const satisfies FaultEntry;
