import { resolve } from 'node:path';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../../simulators/kernel/vocabulary.ts';
import { createVocabulary } from '../../compose.ts';
import { lint } from '../../plan/lint/index.ts';
import type { Linted } from '../../plan/lint/index.ts';
import { readYaml } from '../../plan/read-yaml.ts';
import { EXIT } from '../context.ts';
import type { CliContext } from '../context.ts';
import { nothingPlanned, planFor } from '../scenario-arguments.ts';
import { showError } from '../show-error.ts';

function remarksOf(cells: readonly Cell[], vocabulary: Vocabulary, context: CliContext): Linted[] {
  return [...Map.groupBy(cells, ({ file }) => file)].flatMap(([file, own]: [string, Cell[]]) =>
    lint(readYaml(resolve(context.workingDirectory, file), file), own, vocabulary.faults),
  );
}

/** Prints what scenarios contradict or say in vain; the exit code. */
export function lintPaths(paths: readonly string[], strict: boolean, context: CliContext): number {
  const vocabulary = createVocabulary();
  const { cells } = planFor(paths, {}, vocabulary, context);
  if (cells.length === 0) {
    context.stderr.write(nothingPlanned(paths, undefined));
    return EXIT.inconclusive;
  }
  const remarks = remarksOf(cells, vocabulary, context);
  for (const { problem } of remarks) showError(problem, context);
  const contradictions = remarks.filter(({ kind }) => kind === 'contradiction').length;
  const vain = remarks.length - contradictions;
  context.stdout.write(
    remarks.length === 0
      ? 'nothing contradicts itself, nothing is said in vain\n'
      : `${contradictions} contradictions, ${vain} parts in vain\n`,
  );
  return contradictions > 0 || (strict && vain > 0) ? EXIT.usage : EXIT.pass;
}
