import type { Cell, FaultPlan } from '../../../simulators/kernel/plan.ts';
import type { LintCheck, LintRemark } from './check.ts';

/** May a message still be under way in this window? */
function meetsTraffic(cell: Cell, from: number, until: number): boolean {
  return cell.traffic.some(({ startMicros, endMicros, message }) => {
    const deadline = cell.policy.deadlineMicros[message.sensitivity];
    return startMicros <= until && endMicros + deadline >= from;
  });
}

function isIdle(cell: Cell, fault: FaultPlan, shape: 'interval' | 'point'): boolean {
  if (shape === 'point' || fault.anchor.kind !== 'time') return false;
  if (fault.evidence.hits.op !== '>=' || fault.evidence.hits.value === 0) return false;
  const { fromMicros, untilMicros } = fault.anchor;
  return !meetsTraffic(cell, fromMicros, untilMicros ?? cell.durationMicros);
}

export const idleFault = {
  name: 'idle-fault',
  doc: 'A fault acts only while no message can be under way, so that its evidence floor is missed.',
  kind: 'contradiction',
  look: ({ cells, faults }) =>
    cells.flatMap((cell) =>
      cell.faults
        .filter((fault) => isIdle(cell, fault, faults[fault.fault]?.shape ?? 'point'))
        .map(({ name }): LintRemark => ({
          path: ['faults', name],
          part: 'key',
          message: `no message is sent, or still due, while ${name} acts`,
          hint: 'Move its window into the time of the traffic.',
        })),
    ),
} as const satisfies LintCheck;
