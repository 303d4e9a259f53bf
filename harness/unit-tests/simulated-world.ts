/**
 * The simulators in the process of somebody else's tests: their code talks to the vendors as it
 * always does, and the test sees what people got.
 */
import { createHistory } from '../../simulators/kernel/history.ts';
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import { MICROS_PER_MILLI, MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import type { Network } from '../../simulators/network/wire.ts';
import { armFaults } from '../../simulators/faults/acting/arm.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createWorld } from '../../simulators/world.ts';
import type { ImplementationEdges } from '../../simulators/world.ts';
import { certificateNames } from '../../simulators/world/vendor-hosts.ts';
import { createVocabulary } from '../compose.ts';
import { createLiveWords } from '../judge/live-words.ts';
import { cellOf } from './definition.ts';
import { planFault } from './disturbance.ts';
import type { Doors } from './doors.ts';
import { createDoors } from './doors.ts';
import { createInboxes } from './inbox.ts';
import type { PassingTime } from './passing-time.ts';
import { virtualTime, wallTime } from './passing-time.ts';
import { movableClock } from './movable-clock.ts';
import { checkWorldOptions } from './world-options.ts';
import type { AppEdges, SimulatedPerson, SimulatedWorld, WorldOptions } from './world-words.ts';

export type * from './world-words.ts';

const VIRTUAL_LIMIT_MS = 3_600_000;
const WALL_LIMIT_MS = 10_000;
/** Of the machine's time, for code that works on after it has answered. */
const PATIENCE_MICROS = MICROS_PER_SECOND;
const SETTLED_MICROS = 50 * MICROS_PER_MILLI;
/** Where an app in the process is reached: a name, in whichever network. */
const APP_URL = 'http://implementation.test';

interface Stage {
  readonly ambient: Ambient;
  readonly doors: Doors;
  readonly time: PassingTime;
  readonly limitMs: number;
  readonly stop: () => void;
}

/** Loaded where they are asked for: most tests pay for neither TLS nor HTTP/2. */
async function socketsFor(clock: Ambient['clock']): Promise<Network> {
  const { createSocketNetwork } = await import('../../simulators/network/socket-network.ts');
  return createSocketNetwork({ clock, certificateNames: certificateNames() });
}

async function stageFor(
  cell: Cell,
  options: WorldOptions,
  unfinished: () => readonly string[],
  refused: (what: string) => void,
): Promise<Stage> {
  const onWall = options.clock === 'wall';
  const { clock, virtual, wall, stop } = movableClock(onWall ? undefined : { from: options.date });
  const inner = virtual === undefined ? await socketsFor(clock) : createMemoryNetwork({ clock });
  const atRest = (): boolean => clock.pending === 0 && (!onWall || unfinished().length === 0);
  const history = createHistory(clock);
  const passing = { atRest, activity: () => history.length, wall };
  const time = virtual === undefined ? wallTime(clock, passing) : virtualTime(virtual, passing);
  const random = createRandom(cell.seed);
  return {
    ambient: {
      clock,
      random,
      ids: createIds(random.fork('ids')),
      history,
      index: createMessageIndex(),
    },
    doors: createDoors({ inner, time: () => time, refused }),
    time,
    limitMs: onWall ? WALL_LIMIT_MS : VIRTUAL_LIMIT_MS,
    stop,
  };
}

function edgesOf(reached: string, edges: AppEdges): ImplementationEdges {
  const { callbacks, app, link, public: told } = edges;
  const bases = told === undefined ? {} : { public: told };
  return {
    baseUrl: reached,
    callbacks: Object.fromEntries(
      Object.entries(callbacks).map(([gateway, edge]) => [
        gateway,
        { ...(typeof edge === 'string' ? { path: edge } : edge), ...bases },
      ]),
    ),
    ...(app === undefined ? {} : { app }),
    ...(link === undefined ? {} : { link }),
  };
}

/**
 * Throws BellwetherErrors where the options or the world's description are wrong, and the errors of
 * the world's `createWorld`.
 */
export async function openWorld(options: WorldOptions = {}): Promise<SimulatedWorld> {
  checkWorldOptions(options);
  const vocabulary = createVocabulary();
  const cell = cellOf(options, vocabulary, options.workingDirectory ?? process.cwd());
  const events: HistoryEvent[] = [];
  const inboxes = createInboxes();
  const stray: string[] = [];
  const stage = await stageFor(
    cell,
    options,
    () => world.unfinished(),
    (what) => {
      stray.push(what);
    },
  );
  const { ambient, doors, time, limitMs } = stage;
  const { clock, history, index } = ambient;
  history.subscribe((event) => {
    events.push(event);
    inboxes.read(event);
  });
  const closeDoors = async (): Promise<void> => {
    await doors.network.close();
    history.close();
    stage.stop();
  };
  const world = await createWorld({
    cell,
    people: peopleOf(cell),
    ambient,
    network: doors.network,
    onSeen: (text) => inboxes.seen(text, clock.now()),
    magic: options.magic ?? true,
  }).catch(async (error: unknown) => {
    await closeDoors();
    throw error;
  });
  const secrets: string[] = [];
  const canaries = ambient.random.fork('secrets');
  const faults = ambient.random.fork('disturbances');
  let faultCount = 0;
  let writingCount = 0;

  const person = (id: string): SimulatedPerson => {
    const { recipient } = world.registration(id);
    return {
      get world() {
        return simulated;
      },
      id,
      msisdn: recipient.msisdn,
      signInCode: recipient.signInCode,
      get inbox() {
        return inboxes.of(id);
      },
      get devices() {
        return world.registration(id).devices;
      },
      replies: (text, how) => world.reply(id, text, undefined, how),
      writesTo: (other, text) => {
        writingCount++;
        world.send(id, other, { id: `writing-${writingCount}`, text });
      },
    };
  };

  const until = (holds: () => boolean, milliseconds = limitMs): Promise<boolean> =>
    time.until(holds, milliseconds * MICROS_PER_MILLI, PATIENCE_MICROS);

  const simulated: SimulatedWorld = {
    environment: world.environment,
    get hosts() {
      return doors.hosts;
    },
    people: cell.world.people.map(({ id }) => person(id)),
    history: events,
    secrets,
    strayed: stray,
    get date() {
      return new Date(clock.epochMillis());
    },
    person,
    message: (pattern) => ({
      world: simulated,
      pattern,
      get seen() {
        return inboxes.all.filter(({ text }) =>
          typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0,
        );
      },
    }),
    leads: doors.leads,
    fetch: async (input, init) => {
      const response = await doors.answer(new Request(input, init));
      // As fetch does it: a network error is no response.
      if (response.type === 'error') throw new TypeError('fetch failed');
      return response;
    },
    connect: async (app, edges) => {
      const reached = typeof app === 'string' ? app.replace(/\/+$/, '') : APP_URL;
      const asked = typeof app === 'string' ? fetch : app;
      const told = typeof app === 'string' ? reached : (edges.public ?? APP_URL);
      doors.connect(asked, reached, told);
      return time.answer(world.connectImplementation(edgesOf(reached, edges)));
    },
    disturb: async (fault) => {
      faultCount++;
      const name = `disturbance-${faultCount}`;
      const plan = planFault(name, fault, cell, vocabulary, clock.now());
      const { targets } = world;
      const random = faults.fork(name);
      const armed = armFaults({ faults: [plan], targets, clock, history, random });
      await time.advance(0);
      return () => armed.liftAll();
    },
    secret: (id) => {
      world.registration(id);
      const canary = createCanary(canaries, (drawn) => index.byCanary(drawn) !== undefined);
      secrets.push(canary);
      index.add({ message: `secret-${secrets.length}`, traffic: 'secret', person: id, canary });
      return canary;
    },
    settle: async (milliseconds) => {
      const micros = (milliseconds ?? limitMs) * MICROS_PER_MILLI;
      await time.until(() => false, micros, SETTLED_MICROS);
    },
    until,
    advance: (ms) => time.advance(ms * MICROS_PER_MILLI),
    story: (lines = 20) => {
      const inWords = createLiveWords(cell.world.gatewaysReading);
      return events
        .flatMap((event) => {
          const words = inWords(event);
          const seconds = (event.t / MICROS_PER_SECOND).toFixed(3).padStart(9);
          return words === null ? [] : [`${seconds} s  ${words}`];
        })
        .slice(-lines)
        .join('\n');
    },
    close: async () => {
      await world.stop();
      await closeDoors();
    },
  };
  return simulated;
}
