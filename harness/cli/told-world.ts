/**
 * A world on addresses that a program can be told of before anything runs: what `env` prints, what
 * `serve` keeps alive, and what a run on the same addresses has again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import type { HistoryReader } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { CA_FILE } from '../../simulators/network/run-certificates.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import type { FixedAddresses } from '../../simulators/network/socket-network.ts';
import type { Network } from '../../simulators/network/wire.ts';
import { createWorld } from '../../simulators/world.ts';
import type { World, WorldOptions } from '../../simulators/world.ts';
import { certificateNames } from '../../simulators/world/vendor-hosts.ts';
import type { Description } from '../implementation/description.ts';
import { fillRecord } from '../implementation/placeholders.ts';
import { openReach } from '../implementation/reach.ts';
import type { Variables } from '../implementation/reach-variables.ts';
import { REACHES } from '../implementation/reach-words.ts';
import type { Reach } from '../implementation/reach-words.ts';
import { listenForStatuses } from '../run/pushed-status.ts';
import type { CliContext } from './context.ts';
import { reasonOf } from './file-reasons.ts';
import { OWN_FOLDER } from './scenario-arguments.ts';

export interface ToldWorld {
  readonly world: World;
  readonly network: Network;
  readonly ambient: Ambient;
  /** Placeholder → value. */
  readonly values: Readonly<Record<string, string>>;
  /** Variables that other programs read, such as HTTPS_PROXY. */
  readonly variables: Variables;
  close(): Promise<void>;
}

export interface ToldWorldOptions {
  readonly cell: Cell;
  readonly fixed: FixedAddresses;
  readonly reach: Reach;
  readonly reader?: HistoryReader;
  /**
   * Nobody plans messages here: every text is shown and told, and numbers that nobody has behave as
   * their last digits say.
   */
  readonly onSeen?: WorldOptions['onSeen'];
}

/** Opens everything in the order of a run, so that every port is the one that a run will have. */
export async function openToldWorld(options: ToldWorldOptions): Promise<ToldWorld> {
  const { cell, fixed, reach, reader, onSeen } = options;
  const clock = createWallClock();
  const network = createSocketNetwork({ clock, fixed, certificateNames: certificateNames() });
  const random = createRandom(cell.seed);
  const history = createHistory(clock);
  if (reader !== undefined) history.subscribe(reader);
  const ids = createIds(random.fork('ids'));
  const ambient = { clock, random, ids, history, index: createMessageIndex() };
  const close = async (): Promise<void> => {
    await network.close();
    clock.stop();
  };
  try {
    const byHand = onSeen === undefined ? {} : { onSeen, magic: true };
    const people = peopleOf(cell);
    const world = await createWorld({ cell, people, ambient, network, ...byHand });
    const statuses = await listenForStatuses(network, {}, () => {});
    const opened = await openReach({ reach }, ambient, network);
    const served = network.caPem !== undefined;
    const caFile = join(fixed.certificatesFolder, CA_FILE);
    const values = {
      ...world.environment,
      ...opened.values,
      'ca.pem': network.caPem ?? '',
      ...(served ? { 'ca.file': caFile } : {}),
      'harness.status.url': statuses.url,
    };
    const variables = opened.variables(caFile);
    return {
      world,
      network,
      ambient,
      values,
      variables,
      close: async () => {
        await world.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `hosts` is for containers, which are told when they are started. Throws CLI_OPTION. */
export function reachOf(word: string): Reach {
  const ways = REACHES.filter((way) => way !== 'hosts');
  const found = ways.find((way) => way === word);
  if (found !== undefined) return found;
  throw new BellwetherError(`--reach ${word}: expected one of ${ways.join(', ')}`, {
    code: 'CLI_OPTION',
    blame: 'author',
    hint: 'What each does: docs/implementations.md, "Reach".',
  });
}

/** The policy as `${policy.file}` has it; returns the file. Throws CLI_OUTPUT_FILE. */
export function writePolicy(cell: Cell, { workingDirectory }: CliContext): string {
  const folder = join(workingDirectory, OWN_FOLDER, 'policies');
  const file = join(folder, `${cell.scenario}.json`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify(cell.policy, null, 2));
  } catch (error) {
    throw new BellwetherError(`cannot write ${file} (${reasonOf(error)})`, {
      code: 'CLI_OUTPUT_FILE',
      blame: 'author',
      hint: 'Go to a folder that can be written: what runs share lies there.',
      cause: error,
    });
  }
  return file;
}

/** `gateway.rbm.url` → `GATEWAY_RBM_URL` */
function variable(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9]+/g, '_').toUpperCase();
}

function quoted(value: string): string {
  if (!/[^\w./:@+-]/.test(value)) return value;
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * One `NAME=value` a line, as a shell and `node --env-file` read it: the placeholders, then what
 * the way of reaching needs, then `start.env` of a description, under its own names.
 */
export function toldLines(
  values: Readonly<Record<string, string>>,
  variables: Variables,
  description: Description | undefined,
): string {
  const own =
    description?.start === 'url' ? fillRecord(description.doc.start.env, values, 'start.env') : {};
  const line = (name: string, value: string, of: string): string =>
    `${name}=${quoted(value)}   # ${of}\n`;
  return [
    ...Object.entries(values).map(([name, value]) => line(variable(name), value, `\${${name}}`)),
    ...Object.entries(variables).map(([name, value]) => line(name, value, 'reach')),
    ...Object.entries(own).map(([name, value]) => line(name, value, 'start.env')),
  ].join('');
}
