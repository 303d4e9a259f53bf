import { resolve } from 'node:path';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import { createVocabulary } from '../../compose.ts';
import { lint } from '../../plan/lint/index.ts';
import type { Linted } from '../../plan/lint/index.ts';
import { readYaml } from '../../plan/read-yaml.ts';
import { EXIT } from '../context.ts';
import type { CliContext } from '../context.ts';
import { planFor } from '../scenario-arguments.ts';
import { showError } from '../show-error.ts';
import type { RegisterCommand } from '../register-command.ts';

const EXAMPLE = `
Examples:
  bellwether lint scenarios/gate     contradictions end with 3, what is in vain with 0
  bellwether lint my-scenario.yaml --strict`;

function remarksOf(paths: readonly string[], context: CliContext): Linted[] {
  const vocabulary = createVocabulary();
  const { cells } = planFor(paths, {}, vocabulary, context);
  return [...Map.groupBy(cells, ({ file }) => file)].flatMap(([file, own]: [string, Cell[]]) =>
    lint(readYaml(resolve(context.workingDirectory, file), file), own, vocabulary.faults),
  );
}

export const registerLint: RegisterCommand = (program, context, done) => {
  program
    .command('lint')
    .summary('find what a valid scenario contradicts or says in vain')
    .argument('[paths...]', 'scenario files, suites or folders (default: scenarios/gate)')
    .option('--strict', 'what is said in vain ends with 3, too')
    .addHelpText('after', EXAMPLE)
    .action((paths: string[], { strict = false }: { strict?: boolean }) => {
      const remarks = remarksOf(paths, context);
      for (const { problem } of remarks) showError(problem, context);
      const contradictions = remarks.filter(({ kind }) => kind === 'contradiction').length;
      const vain = remarks.length - contradictions;
      context.stdout.write(
        remarks.length === 0
          ? 'nothing contradicts itself, nothing is said in vain\n'
          : `${contradictions} contradictions, ${vain} parts in vain\n`,
      );
      done(contradictions > 0 || (strict && vain > 0) ? EXIT.usage : EXIT.pass);
    });
};
