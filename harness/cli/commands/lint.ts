import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether lint scenarios/gate                               contradictions end with 3
  bellwether lint scenarios/gate/push-trickle.yaml --strict    and what is said in vain, too`;

export const registerLint: RegisterCommand = (program, context, done) => {
  program
    .command('lint')
    .summary('find what a valid scenario contradicts or says in vain')
    .argument('[paths...]', 'scenario files, suites or folders (default: scenarios/gate)')
    .option('--strict', 'what is said in vain ends with 3, too')
    .addHelpText('after', EXAMPLE)
    .action(async (paths: string[], { strict = false }: { strict?: boolean }) => {
      const { lintPaths } = await import('../actions/lint.ts');
      done(lintPaths(paths, strict, context));
    });
};
