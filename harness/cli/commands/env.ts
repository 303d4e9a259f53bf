import { createHistory } from '../../../simulators/kernel/history.ts';
import { createIds } from '../../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../../simulators/kernel/people.ts';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createWallClock } from '../../../simulators/kernel/wall-clock.ts';
import { createSocketNetwork } from '../../../simulators/network/socket-network.ts';
import { createWorld } from '../../../simulators/world.ts';
import { createVocabulary } from '../../compose.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { firstPort, planFor } from '../scenario-arguments.ts';
import type { RegisterCommand } from '../register-command.ts';

export const DEFAULT_FIRST_PORT = '18700';
const EXAMPLE = `
Example (a service that you start yourself, judged with start: { url: … }):
  bellwether env scenarios/gate/android-e2ee-on.yaml
  bellwether run scenarios/gate/android-e2ee-on.yaml -i implementation.yaml --first-port 18700`;

/** `gateway.rbm.url` → `GATEWAY_RBM_URL` */
function variable(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9]+/g, '_').toUpperCase();
}

/** As a shell reads it. */
function print(values: Readonly<Record<string, string>>, context: CliContext): void {
  for (const [name, value] of Object.entries(values)) {
    const quoted = /[^\w./:@+-]/.test(value)
      ? `'${value.replaceAll("'", String.raw`'\''`)}'`
      : value;
    context.stdout.write(`${variable(name)}=${quoted}   # \${${name}}\n`);
  }
}

async function environment(path: string, firstPort: number, context: CliContext): Promise<number> {
  const plan = planFor([path], {}, createVocabulary(), context);
  const cell = plan.cells[0];
  if (cell === undefined) return EXIT.inconclusive;
  const clock = createWallClock();
  const network = createSocketNetwork({ clock, firstPort });
  const random = createRandom(cell.seed);
  const ambient = {
    clock,
    random,
    ids: createIds(random.fork('ids')),
    history: createHistory(clock),
    index: createMessageIndex(),
  };
  try {
    const world = await createWorld({ cell, people: peopleOf(cell), ambient, network });
    print(world.environment, context);
    await world.stop();
  } finally {
    await network.close();
    clock.stop();
  }
  return EXIT.pass;
}

export const registerEnv: RegisterCommand = (program, context, done) => {
  program
    .command('env')
    .summary('print what to set for a program that is started elsewhere')
    .argument('<scenario>', 'the scenario that it will be judged by')
    .option('--first-port <n>', "the simulators' ports count up from here", DEFAULT_FIRST_PORT)
    .addHelpText('after', EXAMPLE)
    .action(async (path: string, options: { firstPort: string }) => {
      done(await environment(path, firstPort(options.firstPort), context));
    });
};
