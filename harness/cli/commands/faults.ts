import type { RegisterCommand } from '../register-command.ts';

export const registerFaults: RegisterCommand = (program, context, done) => {
  program
    .command('faults')
    .summary('list the faults with their targets, parameters and an example each')
    .addHelpText('after', '\nExample:\n  bellwether faults')
    .action(async () => {
      const { listFaults } = await import('../actions/faults.ts');
      done(listFaults(context));
    });
};
