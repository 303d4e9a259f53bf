import type { MlsOptions } from '../actions/mls.ts';
import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether mls -i examples/mls-stack/implementation.yaml    judge the stack that it names
  bellwether mls -i examples/mls-stack/implementation.yaml --only "join/external [suite=2"
  bellwether mls --serve 50051                                our own stack, for others' runners`;

export const registerMls: RegisterCommand = (program, context, done) => {
  program
    .command('mls')
    .summary('judge an MLS stack by itself, or serve ours to others’ runners')
    .option('-i, --implementation <file>', 'its implementation.yaml, of role mls-client')
    .option('--serve <port>', 'serve our own stack by gRPC instead; 0 = any free port')
    .option('--seed <n>', 'of groups, contents and random stories', '1')
    .option('--stories <n>', 'random stories for each combination', '5')
    .option('--timeout <seconds>', 'for one call, before the stack counts as gone', '20')
    .option('--only <text>', 'only cells whose id contains this text')
    .option('--out <folder>', 'where runs are kept', '.bellwether/runs')
    .option(
      '-r, --reporter <name>',
      'a reporter (repeatable; default: all of them)',
      (name: string, all: readonly string[]) => [...all, name],
      [],
    )
    .addHelpText('after', EXAMPLE)
    .action(async (options: MlsOptions) => {
      const { mls } = await import('../actions/mls.ts');
      done(await mls(options, context));
    });
};
