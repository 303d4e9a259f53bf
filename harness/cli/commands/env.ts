import { createVocabulary } from '../../compose.ts';
import { loadDescription } from '../../implementation/description.ts';
import { relaxedCell } from '../../implementation/relaxation.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { fixedAddresses, planFor } from '../scenario-arguments.ts';
import type { RegisterCommand } from '../register-command.ts';
import {
  DEFAULT_FIRST_PORT,
  openToldWorld,
  reachOf,
  toldLines,
  writePolicy,
} from '../told-world.ts';

const EXAMPLE = `
Example (a service that you start yourself, judged with start: { url: … }):
  bellwether env scenarios/gate/android-e2ee-on.yaml
  bellwether run scenarios/gate/android-e2ee-on.yaml -i implementation.yaml --first-port 18700`;

interface EnvOptions {
  readonly firstPort: string;
  readonly implementation?: string;
  readonly seed?: string;
  readonly only?: string;
  readonly reach?: string;
}

async function environment(path: string, options: EnvOptions, context: CliContext) {
  const plan = planFor([path], options, createVocabulary(), context);
  const [planned] = plan.cells;
  if (planned === undefined) {
    context.stderr.write('there is no such cell; bellwether plan lists them\n');
    return EXIT.inconclusive;
  }
  const described =
    options.implementation === undefined
      ? undefined
      : loadDescription(options.implementation, context.workingDirectory);
  const cell = relaxedCell(planned, described);
  const reach = reachOf(options.reach ?? described?.doc.reach ?? 'env');
  const fixed = fixedAddresses(options.firstPort, context);
  const { values, variables, close } = await openToldWorld({ cell, fixed, reach });
  await close();
  const told = { ...values, 'policy.file': writePolicy(cell, context) };
  context.stdout.write(toldLines(told, variables, described));
  if (plan.cells.length > 1) {
    const others = plan.cells.length - 1;
    context.stderr.write(
      `this is for ${cell.id}; ${others} more may differ (--only and --seed choose one)\n`,
    );
  }
  return EXIT.pass;
}

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
      done(await environment(path, options, context));
    });
};
