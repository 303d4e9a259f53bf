/**
 * `policy:` of implementation.yaml. A stack whose log keeps texts may say so and be judged without
 * that one cell of the observers' table; it cannot relax anything else, and every report prints it.
 */
import type { Cell } from '../../simulators/kernel/plan.ts';
import { overlayPolicy } from '../scenario/policy.ts';
import type { Description } from './description.ts';

/** The cell as this implementation is to be judged: its own relaxations over the cell's policy. */
export function relaxedCell(cell: Cell, description: Description | undefined): Cell {
  const asked = description?.doc.policy;
  if (asked === undefined) return cell;
  const { policy } = cell;
  const relaxed = overlayPolicy(policy, { observers: asked.observers }, policy.name);
  const told = relaxed.relaxations
    .slice(policy.relaxations.length)
    .map((words) => `${words} (${description!.doc.implementation}: ${asked.reason})`);
  return { ...cell, policy: { ...relaxed, relaxations: [...policy.relaxations, ...told] } };
}
