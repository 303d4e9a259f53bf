import type { EnvOptions } from '../actions/env.ts';
import type { RegisterCommand } from '../register-command.ts';
import { DEFAULT_FIRST_PORT } from '../words.ts';

const EXAMPLE = `
Example (a service that you start yourself, judged with start: { url: … }):
  bellwether env scenarios/gate/android-e2ee-on.yaml
  bellwether run scenarios/gate/android-e2ee-on.yaml -i implementation.yaml --first-port 18700`;

export const registerEnv: RegisterCommand = (program, context, done) => {
  program
    .command('env')
    .summary('print what to set for a program that is started elsewhere')
    .argument('<scenario>', 'the scenario that it will be judged by')
    .option('--first-port <n>', "the simulators' ports count up from here", DEFAULT_FIRST_PORT)
    .option('-i, --implementation <file>', 'its implementation.yaml, if that relaxes the policy')
    .option('--reach <way>', 'env, proxy or intercept, instead of what it says')
    .option('--seed <n>', "instead of the scenario's own seed")
    .option('--only <text>', 'the first cell whose id contains this text')
    .addHelpText('after', EXAMPLE)
    .action(async (path: string, options: EnvOptions) => {
      const { environment } = await import('../actions/env.ts');
      done(await environment(path, options, context));
    });
};
