/** `bellwether lint`: what is valid, and yet contradicts itself or says something in vain. */
import type { BellwetherError } from '../../../simulators/kernel/errors.ts';
import type { FaultEntry } from '../../../simulators/kernel/fault-entry.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { Source } from '../../scenario/source.ts';
import { Problems } from '../problems.ts';
import type { LintCheck } from './check.ts';
import { equalCells } from './equal-cells.ts';
import { forbiddenChannel } from './forbidden-channel.ts';
import { idleFault } from './idle-fault.ts';
import { impossibleDelivery } from './impossible-delivery.ts';
import { neverAndIgnored } from './never-and-ignored.ts';
import { unusedPeople } from './unused-people.ts';

export const LINT_CHECKS = {
  'equal-cells': equalCells,
  'forbidden-channel': forbiddenChannel,
  'idle-fault': idleFault,
  'impossible-delivery': impossibleDelivery,
  'never-and-ignored': neverAndIgnored,
  'unused-people': unusedPeople,
} as const satisfies Record<string, LintCheck>;

export interface Linted {
  readonly check: string;
  readonly kind: LintCheck['kind'];
  readonly problem: BellwetherError;
}

/** `cells`: all those of one scenario, whose text `source` is. */
export function lint(
  source: Source,
  cells: readonly Cell[],
  faults: Readonly<Record<string, FaultEntry>>,
): Linted[] {
  return Object.values<LintCheck>(LINT_CHECKS).flatMap(({ name, kind, look }) => {
    const problems = new Problems(source);
    for (const { path, message, hint, part } of look({ cells, faults })) {
      problems.add('SCENARIO_LINT', path, message, hint, part);
    }
    return problems.list.map((problem) => ({ check: name, kind, problem }));
  });
}
