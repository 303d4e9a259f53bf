import { createVocabulary } from '../../compose.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { planFor } from '../scenario-arguments.ts';
import type { ScenarioOptions } from '../scenario-arguments.ts';

export interface PlanOptions extends ScenarioOptions {
  readonly json?: boolean;
}

/** Prints the cells that scenarios expand to; the exit code. */
export function printPlan(
  paths: readonly string[],
  options: PlanOptions,
  context: CliContext,
): number {
  const plan = planFor(paths, options, createVocabulary(), context);
  if (options.json === true) {
    context.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
  } else {
    for (const cell of plan.cells) {
      const label =
        cell.hypothetical.length > 0 ? `  (hypothetical: ${cell.hypothetical.join('; ')})` : '';
      context.stdout.write(`${cell.id}${label}\n`);
    }
    context.stdout.write(`${plan.cells.length} cells, plan ${plan.hash.slice(0, 12)}\n`);
  }
  return plan.cells.length === 0 ? EXIT.inconclusive : EXIT.pass;
}
