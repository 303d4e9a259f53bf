import type { FaultEntry } from '../kernel/fault-entry.ts';

export const replay = {
  name: 'replay',
  doc:
    'What came once comes again: a ciphertext or Welcome to a device, a used key package of its ' +
    'service; or, from a gateway, a recorded callback.',
  targets: ['person', 'device', 'gateway'],
  params: {
    what: {
      doc: 'For devices: what comes again.',
      type: 'word',
      words: ['ciphertext', 'welcome', 'key-package'],
      default: 'ciphertext',
    },
    pause: { doc: 'How long after the first time.', type: 'duration', default: 500_000 },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'again: { replay: person/ana/device/1, what: ciphertext, during: 10s..60s }',
} as const satisfies FaultEntry;
