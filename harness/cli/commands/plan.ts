import { createVocabulary } from '../../compose.ts';
import { EXIT } from '../context.ts';
import { planFor } from '../scenario-arguments.ts';
import type { ScenarioOptions } from '../scenario-arguments.ts';
import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether plan scenarios/gate           the cells, one a line
  bellwether plan scenarios/gate --json    the whole plan, as it would be run`;

export const registerPlan: RegisterCommand = (program, context, done) => {
  program
    .command('plan')
    .summary('print the cells that scenarios expand to')
    .argument('[paths...]', 'scenario files, suites or folders (default: scenarios/gate)')
    .option('--seed <n>', "instead of each scenario's own seed")
    .option('--seeds <count>', 'so many seeds in a row')
    .option('--only <text>', 'only cells whose id contains this text')
    .option('--json', 'the plan itself')
    .addHelpText('after', EXAMPLE)
    .action((paths: string[], options: ScenarioOptions & { json?: boolean }) => {
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
      done(plan.cells.length === 0 ? EXIT.inconclusive : EXIT.pass);
    });
};
