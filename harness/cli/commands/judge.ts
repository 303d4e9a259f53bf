import type { JudgeOptions } from '../actions/judge.ts';
import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether judge "$(ls -d .bellwether/runs/* | tail -1)"    the latest, by its histories alone
  bellwether judge RUN --json                                 and all that was found, as JSON`;

export const registerJudge: RegisterCommand = (program, context, done) => {
  program
    .command('judge')
    .summary("compute a run's verdicts again from its recorded histories alone")
    .argument('<run>', "the run's folder, or one history file")
    .option('--json', 'one verdict a line, as JSON')
    .option('--known-failures <file>', 'register of findings that are known, as the run had it')
    .addHelpText('after', EXAMPLE)
    .action(async (run: string, options: JudgeOptions) => {
      const { judge } = await import('../actions/judge.ts');
      done(await judge(run, options, context));
    });
};
