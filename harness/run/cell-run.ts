/** The only loop: one cell from an empty world to a closed history. */
import { mkdirSync } from 'node:fs';
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../../simulators/kernel/clock.ts';
import { BellwetherError } from '../../simulators/kernel/errors.ts';
import type { Claims } from '../../simulators/kernel/events.ts';
import type { HistoryReader } from '../../simulators/kernel/history.ts';
import { createHistory, fileSink } from '../../simulators/kernel/history.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createWallClock } from '../../simulators/kernel/wall-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import { createSocketNetwork } from '../../simulators/network/socket-network.ts';
import { createTap } from '../../simulators/network/tap.ts';
import type { Network } from '../../simulators/network/wire.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';
import { armFaults } from '../../simulators/faults/acting/arm.ts';
import { createWorld } from '../../simulators/world.ts';
import type { World } from '../../simulators/world.ts';
import type { Description } from '../implementation/description.ts';
import { loadModule } from '../implementation/module-load.ts';
import type { CreateModule } from '../implementation/module-ports.ts';
import { edgesOf } from '../implementation/edges.ts';
import { STARTERS } from '../implementation/index.ts';
import { DEFAULT_POLL_MICROS } from '../implementation/interface.ts';
import type { RunningImplementation } from '../implementation/running.ts';
import type { ResourceGuard } from './resource-guard.ts';
import { createResourceGuard } from './resource-guard.ts';
import { advance, until } from './drive.ts';
import { asHarnessError, withCell } from './harness-error.ts';
import { watchLag } from './lag.ts';
import { listenForStatuses } from './pushed-status.ts';
import { registerPeople } from './register.ts';
import { createSubmissions } from './submissions.ts';
import type { Submissions } from './submissions.ts';
import { probeHonesty } from './probe.ts';

export interface CellRunOptions {
  readonly cell: Cell;
  /** undefined for world checks: nothing is under test. */
  readonly description: Description | undefined;
  readonly wire: 'memory' | 'sockets';
  /** Where the history goes; undefined = nowhere (benchmarks). */
  readonly historyFile: string | undefined;
  /** An empty folder for what the implementation writes (wall time). */
  readonly folder: string | undefined;
  /** Readers that must see every event from the first (judge, progress). */
  readonly readers: readonly HistoryReader[];
  /** Asks for an early, orderly end. */
  readonly signal?: AbortSignal;
  readonly onPhase?: (phase: 'starting' | 'main' | 'heal' | 'final', endsAtMicros: number) => void;
  /** Fixed ports for a program that was told them beforehand; undefined = any free ones. */
  readonly firstPort?: number;
  /** The honesty probe asks its questions instead of going through the traffic alone. */
  readonly probe?: boolean;
  /** For the selftest: names of faults that are planned and never armed. */
  readonly idleFaults?: readonly string[];
}

export interface CellRun {
  /** Set when the harness or its environment failed: the verdict is error, never fail. */
  readonly error?: BellwetherError;
  readonly lastedMicros: number;
  readonly events: number;
}

const START_LIMIT_MICROS = 120 * MICROS_PER_SECOND;
const FINAL_LIMIT_MICROS = 60 * MICROS_PER_SECOND;
const FLUSH_MICROS = 100_000;
/** In wall time: at rest when nothing has moved for so many poll intervals. */
const REST_POLLS = 2;

const NOTHING: Claims = {
  channels: [],
  gateways: [],
  sms: [],
  push: [],
  callbacks: [],
  idempotency: false,
};

/** Everything that one cell holds; torn down in the opposite order. */
class CellSession {
  readonly #options: CellRunOptions;
  readonly #module: CreateModule | undefined;
  readonly #ambient: Ambient;
  readonly #network: Network;
  /** Counts before the module is created: what it opens there is found too. */
  readonly #guard: ResourceGuard;
  readonly #undo: (() => unknown)[] = [];
  #failed: BellwetherError | undefined;
  #world: World | undefined;
  #implementation: RunningImplementation | undefined;
  #submissions: Submissions | undefined;
  #lastMoveMicros = 0;
  #neverReady = false;

  constructor(options: CellRunOptions, module: CreateModule | undefined) {
    this.#options = options;
    this.#module = module;
    this.#guard = createResourceGuard(options.wire, options.description);
    const { cell, wire, historyFile } = options;
    const clock = wire === 'memory' ? createVirtualClock() : createWallClock();
    const sink = historyFile === undefined ? undefined : fileSink(historyFile);
    const history = createHistory(clock, sink, (error) => {
      this.#failed ??= asHarnessError(error);
    });
    for (const reader of options.readers) history.subscribe(reader);
    const random = createRandom(cell.seed);
    const ids = createIds(random.fork('ids'));
    this.#ambient = { clock, random, ids, history, index: createMessageIndex() };
    const onHarnessError = (error: BellwetherError): void => {
      this.#failed ??= error;
    };
    this.#network =
      wire === 'memory'
        ? createMemoryNetwork({
            clock: clock as ReturnType<typeof createVirtualClock>,
            onHarnessError,
          })
        : createSocketNetwork({
            clock,
            onHarnessError,
            ...(options.firstPort === undefined ? {} : { firstPort: options.firstPort }),
          });
    if ('stop' in clock) this.#undo.push(() => clock.stop());
    this.#undo.push(() => this.#network.close());
  }

  async run(): Promise<CellRun> {
    const { cell } = this.#options;
    const { clock, history } = this.#ambient;
    let outcome: 'completed' | 'stopped' | 'deadline' | 'harness-error' = 'completed';
    try {
      await this.#guarded(this.#start(), START_LIMIT_MICROS, 'starting');
      await this.#main();
      await this.#heal();
      await this.#final();
      if (this.#options.signal?.aborted === true) outcome = 'stopped';
    } catch (error) {
      this.#failed ??= asHarnessError(error);
    }
    if (this.#failed !== undefined) outcome = 'harness-error';
    await this.#tearDown();
    const unfinished = [...(this.#world?.unfinished() ?? [])];
    if ((this.#submissions?.open ?? 0) > 0)
      unfinished.push(`${this.#submissions!.open} submissions`);
    history.append({
      kind: 'cell.ended',
      outcome,
      ...(this.#failed === undefined ? {} : { why: this.#failed.message }),
      unfinished: unfinished.slice(0, 20),
    });
    history.close();
    for (const undo of this.#undo.reverse()) await undo();
    const facts = { lastedMicros: clock.now(), events: history.length };
    if (this.#failed === undefined) return facts;
    if (this.#failed.blame === 'author') throw this.#failed;
    return { ...facts, error: withCell(this.#failed, cell) };
  }

  /** Runs promise work while time goes on; too long is the harness's failure, not a verdict. */
  async #guarded(work: Promise<unknown>, limitMicros: number, what: string): Promise<void> {
    if (await until(this.#ambient.clock, work, limitMicros)) return;
    throw new BellwetherError(`${what} did not end within ${limitMicros / 1e6} s`, {
      code: 'HARNESS_DEADLINE',
      blame: 'harness',
      hint: 'The history up to here is kept.',
    });
  }

  async #start(): Promise<void> {
    const { cell, description, wire } = this.#options;
    const { history, clock, random, index } = this.#ambient;
    this.#options.onPhase?.('starting', 0);
    history.append({
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
    this.#undo.push(watchLag(clock, history));
    if (clock.kind === 'wall') this.#flushRegularly();
    const people = peopleOf(cell);
    const world = await createWorld({
      cell,
      people,
      ambient: this.#ambient,
      network: this.#network,
      onHarnessError: (error) => {
        this.#failed ??= error;
      },
    });
    this.#world = world;
    const scanner = createScanner();
    const tapOf = (observer: Parameters<typeof createTap>[1], where: string) =>
      createTap({ history, scanner, index }, observer, where);
    const api = tapOf('implementation-api', 'implementation');
    const output = tapOf('implementation-output', 'output');
    const files = tapOf('implementation-files', 'files');
    if (description !== undefined) {
      const statuses = await listenForStatuses(this.#network, description.doc, (id, reading) =>
        this.#submissions?.pushed(id, reading),
      );
      const environment = { ...world.environment, 'harness.status.url': statuses.url };
      const { folder } = this.#options;
      if (folder !== undefined) mkdirSync(folder, { recursive: true });
      this.#implementation = await STARTERS[description.start]({
        description,
        module: this.#module,
        ambient: this.#ambient,
        network: this.#network,
        policy: cell.policy,
        environment,
        folder,
        taps: { output, files },
      });
      world.targets.register(this.#implementation.target);
      if (!this.#implementation.down) {
        const { baseUrl } = this.#implementation;
        if (baseUrl !== undefined) {
          await world.connectImplementation(edgesOf(description.doc, baseUrl));
        }
        this.#undo.push(
          await registerPeople(world, people, clock, () => this.#implementation!.conversation),
        );
      }
    }
    world.calibrate();
    const canary = createCanary(random.fork('calibration'));
    for (const tap of description === undefined ? [] : [api, output, files]) tap.calibrate(canary);
    history.subscribe((event) => {
      if (event.kind.startsWith('door.') || event.kind.startsWith('device.')) {
        this.#lastMoveMicros = event.t;
      }
    });
    this.#submissions = createSubmissions({
      cell,
      ambient: this.#ambient,
      people,
      conversation: () => this.#implementation!.conversation,
      recipientOf: (person) => world.recipientValues(person),
      apiTap: api,
      idempotent: description?.claims.idempotency ?? false,
      pollMicros: this.#pollMicros(),
      tellsStatus: this.#pollMicros() !== null || description?.doc.status !== undefined,
      sendToBusiness: (from, message) => world.reply(from, message.text, message.id),
      sendFromDevice: (from, to, message) => {
        world.send(from, to, { id: message.id, text: message.text });
      },
    });
  }

  #pollMicros(): number | null {
    const { description } = this.#options;
    if (description === undefined) return null;
    if ('stdio' in description.doc.send) return DEFAULT_POLL_MICROS;
    const poll = description.doc.status?.poll;
    return poll === undefined ? null : (poll.every ?? DEFAULT_POLL_MICROS);
  }

  #flushRegularly(): void {
    const { clock, history } = this.#ambient;
    const again = (): void => {
      history.flush();
      clock.after(FLUSH_MICROS, again, { daemon: true });
    };
    again();
  }

  async #main(): Promise<void> {
    const { cell, onPhase, idleFaults } = this.#options;
    const { clock, history, random } = this.#ambient;
    const origin = clock.now();
    // What never got ready is judged by that alone; nobody waits for messages it cannot take.
    if (this.#implementation?.down === true) {
      this.#neverReady = true;
      return;
    }
    const ends = origin + cell.durationMicros;
    onPhase?.('main', ends);
    history.append({ kind: 'phase.began', phase: 'main' });
    const armed = armFaults({
      faults: cell.faults.filter(({ name }) => !(idleFaults ?? []).includes(name)),
      targets: this.#world!.targets,
      clock,
      history,
      random: random.fork('faults'),
      originMicros: origin,
    });
    this.#undo.push(() => armed.liftAll());
    if (this.#options.probe === true) {
      await this.#guarded(
        probeHonesty({
          ambient: this.#ambient,
          conversation: this.#implementation!.conversation,
          claims: this.#options.description!.claims,
          told: (id) => this.#submissions!.told(id),
          recipient: this.#world!.recipientValues(cell.world.people[0]!.id),
        }),
        START_LIMIT_MICROS,
        'the honesty probe',
      );
    }
    this.#submissions!.begin();
    await advance(clock, ends, () => this.#stopped() || this.#guard.check());
    this.#guard.verify();
    armed.liftAll();
  }

  #stopped(): boolean {
    return this.#options.signal?.aborted === true || this.#failed !== undefined;
  }

  async #heal(): Promise<void> {
    const { cell, onPhase } = this.#options;
    const { clock, history } = this.#ambient;
    if (this.#stopped() || this.#neverReady) return;
    const ends = clock.now() + cell.heal.waitMicros;
    onPhase?.('heal', ends);
    history.append({ kind: 'phase.began', phase: 'heal' });
    await advance(clock, ends, () => this.#stopped() || this.#atRest());
  }

  /** Quiescence (verdicts.md): nothing of the world or the implementation still moves. */
  #atRest(): boolean {
    const { clock } = this.#ambient;
    if (this.#submissions!.open > 0) return false;
    if (clock.kind === 'virtual') return clock.pending === 0;
    // What an implementation in a process of its own still holds is told by its statuses alone.
    if (this.#submissions!.underWay > 0) return false;
    const poll = this.#pollMicros() ?? DEFAULT_POLL_MICROS;
    const quiet = clock.now() - this.#lastMoveMicros > REST_POLLS * poll;
    return quiet && this.#world!.unfinished().length === 0;
  }

  async #final(): Promise<void> {
    const { clock, history } = this.#ambient;
    this.#options.onPhase?.('final', clock.now());
    history.append({ kind: 'phase.began', phase: 'final' });
    this.#submissions!.stopPolling();
    if (this.#implementation === undefined) return;
    await this.#guarded(
      this.#submissions!.readFinal(),
      FINAL_LIMIT_MICROS,
      'the final status reads',
    );
    await this.#guarded(this.#world!.identify(), FINAL_LIMIT_MICROS, 'identifying ciphertexts');
  }

  async #tearDown(): Promise<void> {
    const { clock } = this.#ambient;
    const ending = async (): Promise<void> => {
      this.#submissions?.stopPolling();
      await this.#implementation?.stop();
      this.#implementation?.scanEvidence();
      await this.#world?.stop();
    };
    try {
      await until(clock, ending(), FINAL_LIMIT_MICROS);
    } catch (error) {
      this.#failed ??= asHarnessError(error);
    }
  }
}

/**
 * Runs one cell to its end and closes its history. Errors of the author (bad template, impossible
 * target) are thrown; failures of the harness come back as `error`; findings are in the history.
 */
export async function runCell(options: CellRunOptions): Promise<CellRun> {
  const { description } = options;
  const module = description?.start === 'module' ? await loadModule(description) : undefined;
  return new CellSession(options, module).run();
}
