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
      if (scenarios === 0) {
        const where = paths.join(' ') || 'scenarios/gate';
        context.stderr.write(`there is no scenario in ${where}\n`);
        done(EXIT.inconclusive);
        return;
      }
      context.stdout.write(`valid: ${scenarios} scenarios, ${plan.cells.length} cells\n`);
      done(EXIT.pass);
    });
};
