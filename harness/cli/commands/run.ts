import type { RunOptions } from '../actions/run.ts';
import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether run                                        the gate suite against ./implementation.yaml
  bellwether run scenarios/e2ee --seed 7                one suite, one seed
  bellwether run scenarios/gate/push-trickle.yaml -i examples/reference-notifier/implementation.yaml
  bellwether run scenarios/gate --only key-loss         cells whose id contains the text
  bellwether run scenarios/gate --check-determinism     each virtual cell twice, byte for byte`;

export const registerRun: RegisterCommand = (program, context, done) => {
  program
    .command('run')
    .summary('run scenarios against an implementation and say whether it passes')
    .argument('[paths...]', 'scenario files, suites or folders (default: scenarios/gate)')
    .option('-i, --implementation <file>', 'its implementation.yaml')
    .option('--seed <n>', "instead of each scenario's own seed")
    .option('--seeds <count>', 'so many seeds in a row')
    .option('--only <text>', 'only cells whose id contains this text')
    .option('--speed <factor>', "the world's own delays, so many times as fast (default: 1)")
    .option('-j, --jobs <n>', 'cells at once; in virtual time at most one a core', '4')
    .option('--out <folder>', 'where runs are kept', '.bellwether/runs')
    .option(
      '-r, --reporter <name>',
      'a reporter (repeatable; default: all of them)',
      (name: string, all: readonly string[]) => [...all, name],
      [],
    )
    .option('--first-port <n>', 'fixed ports from here on, one cell at a time (see bellwether env)')
    .option('--known-failures <file>', 'register of findings that are known, with owner and expiry')
    .option('--no-probe', 'leave the honesty probe out')
    .option('--check-determinism', 'run each virtual cell twice and compare the histories')
    .option('--blame', 'play failed cells again with the reference, and say who fails with whom')
    .addHelpText('after', EXAMPLE)
    .action(async (paths: string[], options: RunOptions) => {
      const { run } = await import('../actions/run.ts');
      done(await run(paths, options, context));
    });
};
