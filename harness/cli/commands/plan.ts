import type { PlanOptions } from '../actions/plan.ts';
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
    .action(async (paths: string[], options: PlanOptions) => {
      const { printPlan } = await import('../actions/plan.ts');
      done(printPlan(paths, options, context));
    });
};
