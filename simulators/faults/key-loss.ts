import type { FaultEntry } from '../kernel/fault-entry.ts';

export const keyLoss = {
  name: 'key-loss',
  doc: 'A device loses its MLS groups and private keys (wiped); it registers new keys later.',
  targets: ['person', 'device'],
  params: {},
  shape: 'point',
  truth: 'down',
  example: 'wiped: { key-loss: person/ana/device/1, after: { event: device.displayed, nth: 20 } }',
} as const satisfies FaultEntry;
