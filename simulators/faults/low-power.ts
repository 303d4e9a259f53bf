import type { FaultEntry } from '../kernel/fault-entry.ts';

export const lowPower = {
  name: 'low-power',
  doc: 'A phone saves power: no background pushes on iOS, normal priority waits on Android.',
  targets: ['person', 'device'],
  params: {},
  shape: 'interval',
  truth: 'unchanged',
  example: 'saving: { low-power: person/ana/device/1, during: 10s..2m }',
} as const satisfies FaultEntry;
