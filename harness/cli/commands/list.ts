import type { RegisterCommand } from '../register-command.ts';
import { LISTABLE } from '../words.ts';

export const registerList: RegisterCommand = (program, context, done) => {
  program
    .command('list')
    .summary('list the words that a scenario may use')
    .argument('[what]', LISTABLE.join(', '))
    .addHelpText('after', '\nExample:\n  bellwether list rules')
    .action(async (what: string | undefined) => {
      const { list } = await import('../actions/list.ts');
      done(await list(what, context));
    });
};
