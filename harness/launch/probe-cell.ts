/** The honesty probe's own cell: a small world of one person in which the questions are asked. */
import type { Cell } from '../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../simulators/kernel/vocabulary.ts';
import { readSource } from '../scenario/source.ts';
import { compileFor } from '../plan/load.ts';

const TEXT = `
bellwether: 1
scenario: honesty-probe
summary: >-
  An unknown operation is refused, an unknown recipient is not reported delivered,
  one idempotency key is one message.
tags: [contract]
duration: 5s
world:
  carriers: { northtel: { e2ee: on } }
  people:
    ana: { device: android-16, carrier: northtel, app: off, read-after: 1s }
policy: gate
traffic:
  first:
    to: ana
    at: 3s
    message: { kind: appointment, sensitivity: low }
heal: { wait: 5s }
`;

/** The suite that the probe's cell stands in. */
export const PROBE_SUITE = 'contract';

export function probeCell(vocabulary: Vocabulary): Cell {
  const { source } = readSource('honesty-probe', TEXT);
  return compileFor(source, vocabulary, PROBE_SUITE);
}
