import { resolve } from 'node:path';
import { createVocabulary } from '../../compose.ts';
import { loadDescription } from '../../implementation/description.ts';
import { relaxedCell } from '../../implementation/relaxation.ts';
import { otherWorlds } from '../../launch/told-cells.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { fixedAddresses, nothingPlanned, planFor } from '../scenario-arguments.ts';
import { openToldWorld, reachOf, toldLines, writePolicy } from '../told-world.ts';

export interface EnvOptions {
  readonly firstPort: string;
  readonly implementation?: string;
  readonly seed?: string;
  readonly only?: string;
  readonly reach?: string;
}

/** Prints what to set for a program that is started elsewhere; the exit code. */
export async function environment(
  path: string,
  options: EnvOptions,
  context: CliContext,
): Promise<number> {
  const plan = planFor([path], options, createVocabulary(), context);
  const [planned] = plan.cells;
  if (planned === undefined) {
    context.stderr.write(nothingPlanned([path], options.only));
    return EXIT.inconclusive;
  }
  const described =
    options.implementation === undefined
      ? undefined
      : loadDescription(
          resolve(context.workingDirectory, options.implementation),
          context.workingDirectory,
        );
  const cell = relaxedCell(planned, described);
  const reach = reachOf(options.reach ?? described?.doc.reach ?? 'env');
  const fixed = fixedAddresses(options.firstPort, context);
  const { values, variables, close } = await openToldWorld({ cell, fixed, reach });
  await close();
  const told = { ...values, 'policy.file': writePolicy(cell, context) };
  context.stdout.write(toldLines(told, variables, described));
  if (plan.cells.length > 1) {
    const others = plan.cells.length - 1;
    const strange = otherWorlds(plan).length;
    const what =
      strange === 0
        ? `and for the ${others} more that a run plays after it`
        : `${strange} of the ${others} others need another world (--only and --seed choose one)`;
    context.stderr.write(`this is for ${cell.id}; ${what}\n`);
  }
  return EXIT.pass;
}
