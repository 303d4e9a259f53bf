import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BellwetherError } from '../../../simulators/kernel/errors.ts';
import { createHistory } from '../../../simulators/kernel/history.ts';
import { createIds } from '../../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../../simulators/kernel/people.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import { createRandom } from '../../../simulators/kernel/random.ts';
import { createWallClock } from '../../../simulators/kernel/wall-clock.ts';
import { CA_FILE } from '../../../simulators/network/run-certificates.ts';
import { createSocketNetwork } from '../../../simulators/network/socket-network.ts';
import type { FixedAddresses } from '../../../simulators/network/socket-network.ts';
import { createWorld } from '../../../simulators/world.ts';
import { certificateNames } from '../../../simulators/world/vendor-hosts.ts';
import { createVocabulary } from '../../compose.ts';
import { loadDescription } from '../../implementation/description.ts';
import { openReach } from '../../implementation/reach.ts';
import type { Variables } from '../../implementation/reach-variables.ts';
import { REACHES } from '../../implementation/reach-words.ts';
import type { Reach } from '../../implementation/reach-words.ts';
import { relaxedCell } from '../../implementation/relaxation.ts';
import { listenForStatuses } from '../../run/pushed-status.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { fixedAddresses, OWN_FOLDER, planFor } from '../scenario-arguments.ts';
import type { RegisterCommand } from '../register-command.ts';

export const DEFAULT_FIRST_PORT = '18700';
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

/** `gateway.rbm.url` → `GATEWAY_RBM_URL` */
function variable(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9]+/g, '_').toUpperCase();
}

function quoted(value: string): string {
  if (!/[^\w./:@+-]/.test(value)) return value;
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** As a shell reads it. */
function print(values: Readonly<Record<string, string>>, context: CliContext): void {
  for (const [name, value] of Object.entries(values)) {
    context.stdout.write(`${variable(name)}=${quoted(value)}   # \${${name}}\n`);
  }
}

/** `hosts` is for containers, which are told when they are started. */
function reachOf(word: string): Reach {
  const ways = REACHES.filter((way) => way !== 'hosts');
  const found = ways.find((way) => way === word);
  if (found !== undefined) return found;
  throw new BellwetherError(`--reach ${word}: expected one of ${ways.join(', ')}`, {
    code: 'CLI_OPTION',
    blame: 'author',
    hint: 'What each does: docs/implementations.md, "Reach".',
  });
}

interface Told {
  /** Placeholder → value. */
  readonly values: Record<string, string>;
  /** Variables that other programs read, such as HTTPS_PROXY. */
  readonly variables: Variables;
}

/** What a run of this cell on these addresses fills in: made the same way, and taken down again. */
async function worldValues(cell: Cell, fixed: FixedAddresses, reach: Reach): Promise<Told> {
  const clock = createWallClock();
  const network = createSocketNetwork({ clock, fixed, certificateNames: certificateNames() });
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
    const statuses = await listenForStatuses(network, {}, () => {});
    const opened = await openReach({ reach }, ambient, network);
    await world.stop();
    const served = network.caPem !== undefined;
    const caFile = join(fixed.certificatesFolder, CA_FILE);
    const values = {
      ...world.environment,
      ...opened.values,
      'ca.pem': network.caPem ?? '',
      ...(served ? { 'ca.file': caFile } : {}),
      'harness.status.url': statuses.url,
    };
    return { values, variables: opened.variables(caFile) };
  } finally {
    await network.close();
    clock.stop();
  }
}

/** The policy as `${policy.file}` has it. */
function writePolicy(cell: Cell, { workingDirectory }: CliContext): string {
  const folder = join(workingDirectory, OWN_FOLDER, 'policies');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${cell.scenario}.json`);
  writeFileSync(file, JSON.stringify(cell.policy, null, 2));
  return file;
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
  const { values, variables } = await worldValues(cell, fixed, reach);
  print({ ...values, 'policy.file': writePolicy(cell, context) }, context);
  for (const [name, value] of Object.entries(variables)) {
    context.stdout.write(`${name}=${quoted(value)}   # reach: ${reach}\n`);
  }
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
