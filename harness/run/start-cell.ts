/** From an empty stage to a world with everybody in it, ready for the first message. */
import { mkdirSync } from 'node:fs';
import type { Claims } from '../../simulators/kernel/events.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import { createTap } from '../../simulators/network/tap.ts';
import type { SteppedTap, Tap } from '../../simulators/network/tap.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';
import { createWorld } from '../../simulators/world.ts';
import type { World } from '../../simulators/world.ts';
import { withPlace } from '../implementation/description.ts';
import type { Description } from '../implementation/description.ts';
import { edgesOf } from '../implementation/edges.ts';
import { DEFAULT_POLL_MICROS } from '../implementation/interface.ts';
import { createOutputLog } from '../implementation/output-log.ts';
import type { RunningImplementation } from '../implementation/running.ts';
import type { CellStage } from './cell-stage.ts';
import { watchLag } from './lag.ts';
import type { Loaded, LoadedSubject } from './loaded.ts';
import { listenForStatuses } from './pushed-status.ts';
import { registerPeople } from './register.ts';
import { createSubmissions } from './submissions.ts';
import type { Submissions } from './submissions.ts';
import { worldRandom } from './told-random.ts';

/** Everybody who takes part in the phases. */
export interface Players {
  readonly world: World;
  /** Undefined in world checks: nothing is under test. */
  readonly implementation: RunningImplementation | undefined;
  readonly submissions: Submissions;
  readonly archiveTap: Tap;
  /** When a door or a device did something last. */
  lastMoveMicros(): number;
}

const FLUSH_MICROS = 100_000;

const NOTHING: Claims = {
  channels: [],
  gateways: [],
  sms: [],
  push: [],
  callbacks: [],
  idempotency: false,
};

/** How often statuses are asked for; null where the implementation is not asked. */
export function pollMicrosOf(description: Description | undefined): number | null {
  if (description === undefined) return null;
  if ('stdio' in description.doc.send) return DEFAULT_POLL_MICROS;
  const poll = description.doc.status?.poll;
  return poll === undefined ? null : (poll.every ?? DEFAULT_POLL_MICROS);
}

/** Says what is run. */
function announce(stage: CellStage): void {
  const { cell, description, wire, onPhase } = stage.options;
  onPhase?.('starting', 0);
  stage.ambient.history.append({
    kind: 'run.started',
    plan: cell,
    implementation: {
      name: description?.doc.implementation ?? 'none',
      version: description?.doc.version ?? '',
      role: description?.doc.role ?? 'none',
      claims: description?.claims ?? NOTHING,
    },
    wire,
  });
}

/** In wall time a history is at most a moment behind, whatever becomes of this process. */
function flushRegularly({ ambient: { clock, history } }: CellStage): void {
  const again = (): void => {
    history.flush();
    clock.after(FLUSH_MICROS, again, { daemon: true });
  };
  again();
}

interface OwnTaps {
  readonly api: SteppedTap;
  readonly callbacks: SteppedTap;
  readonly output: Tap;
  readonly files: Tap;
  readonly archive: Tap;
}

/** Looks at what the implementation itself shows. */
function ownTaps({ ambient: { history, index } }: CellStage): OwnTaps {
  const scanner = createScanner();
  const tapOf = (observer: Parameters<typeof createTap>[1], where: string): SteppedTap =>
    createTap({ history, scanner, index }, observer, where);
  return {
    api: tapOf('implementation-api', 'implementation'),
    callbacks: tapOf('implementation-callbacks', 'implementation'),
    output: tapOf('implementation-output', 'output'),
    files: tapOf('implementation-files', 'files'),
    archive: tapOf('archive', 'archive'),
  };
}

/** Starts what is under test, connects it to the world and tells it the people. */
async function startImplementation(
  stage: CellStage,
  world: World,
  { description, start, module }: LoadedSubject,
  taps: OwnTaps,
): Promise<RunningImplementation> {
  const { cell, folder, outputFile, told } = stage.options;
  const { doc } = description;
  const statuses = await listenForStatuses(stage.network, doc, (id, reading) =>
    stage.submissions?.pushed(id, reading),
  );
  const environment = { ...world.environment, 'harness.status.url': statuses.url };
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const outputLog = outputFile === undefined ? undefined : createOutputLog(outputFile, stage.fail);
  const implementation = await start({
    description,
    module,
    ambient: stage.ambient,
    network: stage.network,
    policy: cell.policy,
    environment,
    folder,
    taps,
    stopped: () => stage.stopped(),
    ...(outputLog === undefined ? {} : { outputLog }),
    ...(told === undefined ? {} : { idPrefix: told.idPrefix }),
  }).catch((error: unknown) => {
    throw withPlace(error, description);
  });
  stage.implementation = implementation;
  world.targets.register(implementation.target);
  if (implementation.down) return implementation;
  const { baseUrl } = implementation;
  if (baseUrl !== undefined) await world.connectImplementation(edgesOf(doc, baseUrl));
  stage.undo.push(
    await registerPeople(
      world,
      peopleOf(cell),
      stage.ambient.clock,
      () => implementation.conversation,
    ),
  );
  return implementation;
}

export async function startCell(stage: CellStage, loaded: Loaded): Promise<Players> {
  const { cell, description } = stage.options;
  const { ambient, network } = stage;
  announce(stage);
  stage.undo.push(watchLag(ambient.clock, ambient.history));
  if (ambient.clock.kind === 'wall') flushRegularly(stage);
  const people = peopleOf(cell);
  const random = worldRandom(ambient.random, stage.options.told);
  const world = await createWorld({
    cell,
    people,
    gateways: loaded.gateways,
    ambient: { ...ambient, random },
    network,
    onHarnessError: stage.fail,
  });
  stage.world = world;
  const taps = ownTaps(stage);
  const implementation =
    loaded.subject === undefined
      ? undefined
      : await startImplementation(stage, world, loaded.subject, taps);
  world.calibrate();
  const canary = createCanary(ambient.random.fork('calibration'));
  if (description !== undefined) {
    const { archive, status } = description.doc;
    const own = [
      ...(archive === undefined ? [] : [taps.archive]),
      ...(status?.push === undefined ? [] : [taps.callbacks]),
    ];
    for (const tap of [taps.api, taps.output, taps.files, ...own]) tap.calibrate(canary);
  }
  let lastMoveMicros = 0;
  // In virtual time its own timers tell what still moves.
  if (ambient.clock.kind === 'wall') {
    ambient.history.subscribe((event) => {
      if (event.kind.startsWith('door.') || event.kind.startsWith('device.')) {
        lastMoveMicros = event.t;
      }
    });
  }
  const pollMicros = pollMicrosOf(description);
  const submissions = createSubmissions({
    cell,
    ambient,
    people,
    conversation: () => implementation!.conversation,
    recipientOf: (person) => world.recipientValues(person),
    taps,
    idempotent: description?.claims.idempotency ?? false,
    pollMicros,
    tellsStatus: pollMicros !== null || description?.doc.status !== undefined,
    sendToBusiness: (from, message, { by, tap, share, typing }) => {
      world.reply(from, message.text, message.id, {
        ...(by === 'sms' && { by }),
        ...(tap !== undefined && { postback: tap }),
        ...(share !== undefined && { share }),
        ...(typing !== undefined && { typing }),
      });
    },
    sendFromDevice: (from, to, message, how) => {
      const { id, text, attachment } = message;
      world.send(from, to, { id, text, ...how, ...(attachment !== undefined && { attachment }) });
    },
  });
  stage.submissions = submissions;
  return {
    world,
    implementation,
    submissions,
    archiveTap: taps.archive,
    lastMoveMicros: () => lastMoveMicros,
  };
}
