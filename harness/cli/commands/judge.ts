import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether judge .bellwether/runs/2026-11-21T21-10-05     verdicts from the histories alone
  bellwether judge RUN --json                               and all that was found, as JSON`;

export const registerJudge: RegisterCommand = (program, context, done) => {
  program
    .command('judge')
    .summary("compute a run's verdicts again from its recorded histories alone")
    .argument('<run>', "the run's folder, or one history file")
    .option('--json', 'one verdict a line, as JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (run: string, options: { json?: boolean }) => {
      const { judge } = await import('../actions/judge.ts');
      done(await judge(run, options.json === true, context));
    });
};
