import type { FaultEntry } from '../kernel/fault-entry.ts';

export const airplaneMode = {
  name: 'airplane-mode',
  doc:
    'A phone’s radio is off. With Wi-Fi it still has data, and no text reaches it; without, ' +
    'nothing does.',
  targets: ['person', 'device'],
  params: {
    wifi: {
      doc: 'Whether Wi-Fi is switched on again.',
      type: 'word',
      words: ['off', 'on'],
      default: 'off',
    },
  },
  shape: 'interval',
  truth: 'down',
  example: 'flying: { airplane-mode: person/ana, wifi: on, during: 10s..2m }',
} as const satisfies FaultEntry;
