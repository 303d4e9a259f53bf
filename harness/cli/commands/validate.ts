import type { RegisterCommand } from '../register-command.ts';

export const registerValidate: RegisterCommand = (program, context, done) => {
  program
    .command('validate')
    .summary('check scenarios without running them')
    .argument('[paths...]', 'scenario files, suites or folders (default: scenarios/gate)')
    .addHelpText('after', '\nExample:\n  bellwether validate scenarios/gate/push-trickle.yaml')
    .action(async (paths: string[]) => {
      const { validate } = await import('../actions/validate.ts');
      done(validate(paths, context));
    });
};
