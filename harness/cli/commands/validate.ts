import { createVocabulary } from '../../compose.ts';
import { EXIT } from '../context.ts';
import { planFor } from '../scenario-arguments.ts';
import type { RegisterCommand } from '../register-command.ts';

export const registerValidate: RegisterCommand = (program, context, done) => {
  program
    .command('validate')
    .summary('check scenarios without running them')
    .argument('[paths...]', 'scenario files, suites or folders (default: scenarios/gate)')
    .addHelpText('after', '\nExample:\n  bellwether validate my-scenario.yaml')
    .action((paths: string[]) => {
      const plan = planFor(paths, {}, createVocabulary(), context);
      const scenarios = new Set(plan.cells.map(({ file }) => file)).size;
      context.stdout.write(`valid: ${scenarios} scenarios, ${plan.cells.length} cells\n`);
      done(plan.cells.length === 0 ? EXIT.inconclusive : EXIT.pass);
    });
};
