/** The simulators alone, until somebody stops them: for people who develop by hand. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MICROS_PER_SECOND, sleep } from '../../../simulators/kernel/clock.ts';
import { BellwetherError } from '../../../simulators/kernel/errors.ts';
import type { HistoryEvent } from '../../../simulators/kernel/events.ts';
import { peopleOf } from '../../../simulators/kernel/people.ts';
import type { Cell } from '../../../simulators/kernel/plan.ts';
import type { Vocabulary } from '../../../simulators/kernel/vocabulary.ts';
import { createVocabulary } from '../../compose.ts';
import type { Description } from '../../implementation/description.ts';
import { loadDescription } from '../../implementation/description.ts';
import { edgesOf } from '../../implementation/edges.ts';
import { createHttpConversation } from '../../implementation/http-conversation.ts';
import { fillCalls } from '../../implementation/filled-calls.ts';
import { relaxedCell } from '../../implementation/relaxation.ts';
import { createLiveWords } from '../../judge/live-words.ts';
import { registerPeople } from '../../run/register.ts';
import { cellOf, DEFAULT_WORLD } from '../../unit-tests/definition.ts';
import { createInboxes } from '../../unit-tests/inbox.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../context.ts';
import { reasonOf } from '../file-reasons.ts';
import { fixedAddresses, nothingPlanned, planFor } from '../scenario-arguments.ts';
import { INTERRUPTS } from '../interruptible.ts';
import { actByHand } from '../served-by-hand.ts';
import { openToldWorld, reachOf, toldLines, writePolicy } from '../told-world.ts';
import type { ToldWorld } from '../told-world.ts';

export interface ServeOptions {
  readonly port: string;
  readonly implementation?: string;
  readonly reach?: string;
  readonly seed?: string;
  readonly only?: string;
  readonly writeEnv?: string;
  readonly interactive?: boolean;
}

const LOOK_MICROS = MICROS_PER_SECOND;

/** Tells what happens, one line an event, in the words of the reports. */
function teller(context: CliContext, { world }: Cell): (event: HistoryEvent) => void {
  const inWords = createLiveWords(world.gatewaysReading);
  return (event) => {
    const words = inWords(event);
    if (words === null) return;
    const seconds = (event.t / MICROS_PER_SECOND).toFixed(3).padStart(10);
    context.stdout.write(`${seconds}  ${words}\n`);
  };
}

/** Connects the world with the implementation as soon as that is there, and tells it the people. */
async function connect(told: ToldWorld, cell: Cell, description: Description): Promise<void> {
  const { world, network, ambient, values } = told;
  const baseUrl = description.doc.start.url?.replace(/\/$/, '');
  if (baseUrl === undefined) return;
  const doc = fillCalls(description.doc, values);
  const url = `${baseUrl}${doc.start.ready?.http ?? '/'}`;
  const look = { method: 'GET', url, headers: {}, timeoutMicros: LOOK_MICROS };
  while ((await network.request(look)).kind !== 'answer') await sleep(ambient.clock, LOOK_MICROS);
  await world.connectImplementation(edgesOf(doc, baseUrl));
  const conversation = createHttpConversation({ doc, network, baseUrl });
  await registerPeople(world, peopleOf(cell), ambient.clock, () => conversation);
}

function untilStopped(): Promise<void> {
  return new Promise((resolve_) => {
    for (const signal of INTERRUPTS) process.once(signal, () => resolve_());
  });
}

/** Throws CLI_OPTION where the program cannot be connected with: it is not running elsewhere. */
function describedElsewhere(written: string, { workingDirectory }: CliContext): Description {
  const description = loadDescription(resolve(workingDirectory, written), workingDirectory);
  if (description.start === 'url') return description;
  throw new BellwetherError(`${description.file} is started by a run, and serve starts nothing`, {
    code: 'CLI_OPTION',
    blame: 'author',
    hint: 'Start the program yourself, and say start: { url: … } in a description for it.',
  });
}

/** What a program has to be told, where people want it. Throws CLI_OUTPUT_FILE. */
function writeTold(lines: string, file: string | undefined, context: CliContext): void {
  if (file === undefined) return context.stdout.write(lines);
  try {
    writeFileSync(resolve(context.workingDirectory, file), lines);
  } catch (error) {
    throw new BellwetherError(`cannot write ${file} (${reasonOf(error)})`, {
      code: 'CLI_OUTPUT_FILE',
      blame: 'author',
      hint: 'Give --write-env a file in a folder that is there.',
      cause: error,
    });
  }
}

/** The first cell of a scenario; without one, a world of two people and every gateway. */
function plannedCell(
  path: string | undefined,
  options: ServeOptions,
  vocabulary: Vocabulary,
  context: CliContext,
): Cell | undefined {
  if (path !== undefined) return planFor([path], options, vocabulary, context).cells[0];
  for (const option of ['seed', 'only'] as const) {
    if (options[option] !== undefined) {
      throw new BellwetherError(`--${option} chooses a scenario's cell, and none is named`, {
        code: 'CLI_OPTION',
        blame: 'author',
        hint: `Name a scenario, or leave --${option} out.`,
      });
    }
  }
  return cellOf({ world: DEFAULT_WORLD }, vocabulary, context.workingDirectory);
}

/** Keeps a world alive until it is stopped; the exit code. */
export async function serve(
  path: string | undefined,
  options: ServeOptions,
  context: CliContext,
): Promise<number> {
  const vocabulary = createVocabulary();
  const planned = plannedCell(path, options, vocabulary, context);
  if (planned === undefined) {
    context.stderr.write(nothingPlanned(path === undefined ? [] : [path], options.only));
    return EXIT.inconclusive;
  }
  const description =
    options.implementation === undefined
      ? undefined
      : describedElsewhere(options.implementation, context);
  const cell = relaxedCell(planned, description);
  const inboxes = createInboxes();
  const tell = teller(context, cell);
  const told = await openToldWorld({
    cell,
    fixed: fixedAddresses(options.port, context, '--port'),
    reach: reachOf(options.reach ?? description?.doc.reach ?? 'env'),
    reader: (event) => {
      inboxes.read(event);
      tell(event);
    },
    onSeen: (seen) => {
      inboxes.seen(seen, told.ambient.clock.now());
      context.stdout.write(`${' '.repeat(12)}${seen.person} reads: ${seen.text}\n`);
    },
  });
  const stopped = untilStopped();
  // Only when asked for: a shell stops what reads its terminal from the background.
  const stopReading =
    options.interactive === true
      ? actByHand({ told, cell, vocabulary, inboxes, context, input: process.stdin })
      : undefined;
  try {
    const values = { ...told.values, 'policy.file': writePolicy(cell, context) };
    const lines = toldLines(values, told.variables, description);
    writeTold(lines, options.writeEnv, context);
    const people = peopleOf(cell).map(({ id, msisdn }) => `${id} ${msisdn}`);
    context.stdout.write(`serving ${cell.scenario}; people: ${people.join(', ')}\n`);
    const connected = description === undefined ? undefined : connect(told, cell, description);
    await Promise.race([stopped, connected?.then(() => stopped) ?? stopped]);
  } finally {
    stopReading?.();
    await told.close();
  }
  return EXIT.pass;
}
