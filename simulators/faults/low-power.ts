import type { FaultEntry } from '../kernel/fault-entry.ts';

export const lowPower = {
  name: 'low-power',
  doc: 'A phone saves power: iOS runs no background pushes, Android defers those of normal priority.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'saving: { low-power: person/ana/device/1, during: 10s..2m }',
} as const satisfies FaultEntry;
