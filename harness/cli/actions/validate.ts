import { createVocabulary } from '../../compose.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { nothingPlanned, planFor } from '../scenario-arguments.ts';

/** Checks scenarios without running them; the exit code. */
export function validate(paths: readonly string[], context: CliContext): number {
  const plan = planFor(paths, {}, createVocabulary(), context);
  const scenarios = new Set(plan.cells.map(({ file }) => file)).size;
  if (scenarios === 0) {
    context.stderr.write(nothingPlanned(paths, undefined));
    return EXIT.inconclusive;
  }
  context.stdout.write(`valid: ${scenarios} scenarios, ${plan.cells.length} cells\n`);
  return EXIT.pass;
}
