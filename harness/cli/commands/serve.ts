import type { ServeOptions } from '../actions/serve.ts';
import type { RegisterCommand } from '../register-command.ts';
import { BY_HAND_LINES, DEFAULT_FIRST_PORT } from '../words.ts';

const EXAMPLE = `
With --interactive, its standard input takes one line for one thing:
${BY_HAND_LINES.map(([form, does]) => `  ${form.padEnd(24)} ${does}`).join('\n')}

Example (with a service that you start yourself):
  bellwether serve examples/compose/world.yaml --write-env .env.bellwether
  node --env-file .env.bellwether my-service.js`;

export const registerServe: RegisterCommand = (program, context, done) => {
  program
    .command('serve')
    .summary("run a scenario's world alone, until it is stopped")
    .argument(
      '[scenario]',
      'its world and policy, without traffic and faults; default: two people, every gateway',
    )
    .option('--port <n>', "the simulators' ports count up from here", DEFAULT_FIRST_PORT)
    .option('-i, --implementation <file>', 'an implementation.yaml with start: { url: … }')
    .option('--reach <way>', 'env, proxy or intercept, instead of what it says')
    .option('--seed <n>', "instead of the scenario's own seed")
    .option('--only <text>', 'the first cell whose id contains this text')
    // Not --env-file: Node takes that for itself, wherever it stands.
    .option('--write-env <file>', 'where to write what a program has to be told')
    .option('--interactive', 'act in the world by lines on the standard input')
    .addHelpText('after', EXAMPLE)
    .action(async (path: string | undefined, options: ServeOptions) => {
      const { serve } = await import('../actions/serve.ts');
      done(await serve(path, options, context));
    });
};
