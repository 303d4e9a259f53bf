import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether explain scenarios/gate/push-trickle.yaml    a scenario as a timeline
  bellwether explain "$(ls -d .bellwether/runs/* | tail -1)" alerts-1    a message of the latest run
  bellwether explain RUN alerts-1 --cell key-loss        in cells with this id`;

export const registerExplain: RegisterCommand = (program, context, done) => {
  program
    .command('explain')
    .summary("tell one message's story in time order, or a scenario as a timeline")
    .argument('<run-or-scenario>', "a run's folder, a history file, or a scenario")
    .argument('[message]', 'such as alerts-17')
    .option('--cell <text>', 'only cells whose id contains this text')
    .addHelpText('after', EXAMPLE)
    .action(async (where: string, message: string | undefined, options: { cell?: string }) => {
      const { explain } = await import('../actions/explain.ts');
      done(await explain(where, message, options.cell, context));
    });
};
