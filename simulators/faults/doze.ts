import type { FaultEntry } from '../kernel/fault-entry.ts';
import { STANDBY_BUCKETS } from '../kernel/words.ts';

export const doze = {
  name: 'doze',
  doc:
    'A phone dozes: pushes of normal priority wait for a maintenance window. Up to Android 12 ' +
    'the standby bucket also limits how many of high priority there are in a day.',
  targets: ['person', 'device'],
  params: {
    every: {
      doc: 'From one maintenance window to the next.',
      type: 'duration',
      default: 900_000_000,
    },
    bucket: {
      doc: 'The app’s standby bucket.',
      type: 'word',
      words: STANDBY_BUCKETS,
      default: 'active',
    },
  },
  shape: 'interval',
  truth: 'unchanged',
  example: 'asleep: { doze: person/ana, every: 9m, bucket: rare, during: 10s..40m }',
} as const satisfies FaultEntry;
