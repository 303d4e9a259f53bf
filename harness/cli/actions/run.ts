import { relative, resolve } from 'node:path';
import { createWallClock } from '../../../simulators/kernel/wall-clock.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import { openReporters } from '../../../reports/multiplexer.ts';
import { createVocabulary, PROJECT_FOLDER, projectVersion } from '../../compose.ts';
import { PROBE_SUITE } from '../../launch/probe-cell.ts';
import { loadDescription } from '../../implementation/description.ts';
import { runPlan } from '../../launch/run-plan.ts';
import { toldCells } from '../../launch/told-cells.ts';
import { subjectOf } from '../../launch/subject.ts';
import { checkDeterminism } from '../check-determinism.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { interruptible } from '../interruptible.ts';
import { knownFailuresOf } from '../known-failures.ts';
import { referenceFile } from '../reference.ts';
import { newRunFolder, outputOf, reporterNames } from '../run-output.ts';
import { fixedAddresses, nothingPlanned, planFor, wholeNumber } from '../scenario-arguments.ts';
import type { ScenarioOptions } from '../scenario-arguments.ts';
import { showError } from '../show-error.ts';

export interface RunOptions extends ScenarioOptions {
  readonly implementation?: string;
  readonly jobs: string;
  readonly out: string;
  readonly firstPort?: string;
  readonly reporter: readonly string[];
  readonly knownFailures?: string;
  readonly probe: boolean;
  readonly checkDeterminism?: boolean;
  readonly blame?: boolean;
}

/** As a reader types it: through npm in a checkout of Bellwether, else the installed command. */
function commandName(workingDirectory: string): string {
  return resolve(workingDirectory) === resolve(PROJECT_FOLDER)
    ? 'npm run -s bellwether --'
    : 'bellwether';
}

function replayOf(cell: Cell, options: RunOptions, context: CliContext): string {
  const command = commandName(context.workingDirectory);
  // The probe has no file: it comes first in every run.
  if (cell.suite === PROBE_SUITE) return `${command} ${context.argv.join(' ')}`;
  const implementation =
    options.implementation === undefined ? '' : ` --implementation ${options.implementation}`;
  const id = cell.id.replace(/ #\d+$/, '');
  const speed = cell.speed === undefined ? '' : ` --speed ${cell.speed}`;
  return `${command} run ${cell.file}${implementation} --seed ${cell.seed}${speed} --only '${id}'`;
}

/** Runs scenarios and reports on them; the exit code is the verdict's. */
export async function run(
  paths: readonly string[],
  options: RunOptions,
  context: CliContext,
): Promise<number> {
  const clock = createWallClock();
  const began = new Date(clock.epochMillis()).toISOString();
  const names = reporterNames(options.reporter);
  const jobs = wholeNumber(options.jobs, '--jobs', 1, 64);
  const fixed =
    options.firstPort === undefined ? undefined : fixedAddresses(options.firstPort, context);
  const vocabulary = createVocabulary();
  const plan = planFor(paths, options, vocabulary, context);
  if (plan.cells.length === 0) {
    // The honesty probe alone would pass, and prove nothing about any scenario.
    context.stderr.write(nothingPlanned(paths, options.only));
    return EXIT.inconclusive;
  }
  const { description, probe } = subjectOf(plan, {
    implementation: options.implementation,
    workingDirectory: context.workingDirectory,
    probe: options.probe,
    vocabulary,
  });
  if (options.checkDeterminism === true) return checkDeterminism(plan, description, context);
  // Before a folder is made for a run that cannot be.
  if (description?.start === 'url') toldCells(plan);
  // Played in the implementation's place where it failed.
  const reference =
    options.blame === true ? loadDescription(referenceFile('--blame'), PROJECT_FOLDER) : undefined;
  const knownFailures = knownFailuresOf(options.knownFailures, context.workingDirectory);
  const root = resolve(context.workingDirectory, options.out);
  const { id, folder } = newRunFolder(root, began);
  const facts = {
    id,
    began,
    planHash: plan.hash,
    command: `bellwether ${context.argv.join(' ')}`,
    node: process.version,
    folder: relative(context.workingDirectory, folder),
  };
  const reporters = openReporters(names, outputOf(context, folder), (note) =>
    context.stderr.write(note),
  );
  const { signal, done } = interruptible(clock);
  reporters.begin({
    cells: plan.cells.length + (probe === undefined ? 0 : 1),
    implementation:
      description === undefined
        ? 'no implementation (world checks)'
        : description.doc.implementation,
    run: { ...facts, wallMs: 0 },
  });
  try {
    const { report, error } = await runPlan({
      plan,
      probe,
      description,
      runFolder: folder,
      facts,
      version: projectVersion(),
      jobs,
      ...(fixed === undefined ? {} : { fixed }),
      ...(reference === undefined ? {} : { reference }),
      ruleNames: Object.keys(vocabulary.rules),
      knownFailures,
      signal,
      onProgress: (progress) => reporters.progress(progress),
      onCell: (cell) => reporters.cell(cell),
      replayOf: (cell) => replayOf(cell, options, context),
      elapsedMs: () => clock.now() / 1000,
    });
    reporters.end(report);
    if (error !== undefined) showError(error, context);
    return report.exitCode;
  } finally {
    done();
  }
}
