import type { SelftestOptions } from '../actions/selftest.ts';
import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether selftest                          mutants × 3 seeds, healthy variants over 50 seeds
  bellwether selftest --only key-loss          mutants whose id contains the text
  bellwether selftest --thorough               every healthy variant on every cell
  bellwether selftest --write-baseline         keep what was killed, for later runs`;

export const registerSelftest: RegisterCommand = (program, context, done) => {
  program
    .command('selftest')
    .summary('prove the judges: every mutant caught, no healthy variant blamed')
    .option('--seeds <n>', 'seeds for each mutant', '3')
    .option('--healthy <n>', 'rotating seeds for healthy variants', '50')
    .option('--only <text>', 'only mutants whose id contains this text')
    .option('--thorough', 'every healthy variant on every cell of gate, webhook and archive')
    .option('--write-baseline', 'write selftest-baseline.json from the mutants killed now')
    .addHelpText('after', EXAMPLE)
    .action(async (options: SelftestOptions) => {
      const { selftest } = await import('../actions/selftest.ts');
      done(await selftest(options, context));
    });
};
