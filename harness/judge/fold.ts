import { isClaimedWay } from '../../simulators/kernel/claimed-ways.ts';
import type { EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import { peopleOf } from '../../simulators/kernel/people.ts';
import type { Cell, PersonPlan, TrafficPlan } from '../../simulators/kernel/plan.ts';
import { isOvertaken } from '../../simulators/kernel/status-order.ts';
import { BUSINESS, CHANNELS } from '../../simulators/kernel/words.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import { Attribution } from './attribution.ts';
import { AttachmentFold } from './fold-attachments.ts';
import { ConsentFold } from './fold-consent.ts';
import { DeviceFold } from './fold-devices.ts';
import { MlsFold } from './fold-mls.ts';
import { ImessageFold } from './fold-imessage.ts';
import { MmsFold } from './fold-mms.ts';
import { PeopleFold } from './fold-people.ts';
import { DoorLedger } from './door-ledger.ts';
import { RunFold } from './fold-run.ts';
import type { Stop } from './fold-run.ts';
import { WireFold } from './fold-wires.ts';
import { SessionFold } from './fold-sessions.ts';
import { Knowledge } from './knowledge.ts';
import { Lookers } from './looker.ts';
import type { StatusTold } from './records.ts';
import { withOne } from './records.ts';
import { TapFold } from './taps.ts';
import { Truth } from './truth.ts';
import type { Way } from './truth.ts';

/** Something told of a status that nobody declared, or that can be no truth value. */
export interface UnknownStatus {
  readonly what: 'status' | 'channel' | 'encrypted';
  readonly raw: string;
  count: number;
  readonly seqs: number[];
  readonly message: string;
}

/** Seqs kept per aggregated finding. */
const KEPT = 10;

const ONE_CHANNEL: ReadonlyMap<string, readonly Channel[]> = new Map(
  CHANNELS.map((channel) => [channel, [channel]]),
);

/** Our own names mean themselves. */
function channelsNamed(name: string | undefined): readonly Channel[] | null {
  return name === undefined ? null : (ONE_CHANNEL.get(name) ?? null);
}

/** `failed` yields to later evidence of arrival, and to nothing else. */
function isStepBack(before: StatusTold, after: StatusTold): boolean {
  if (before.word === 'read') return after.word !== null && after.word !== 'read';
  if (before.word !== 'delivered') return false;
  return after.word === 'queued' || after.word === 'sent' || after.word === 'failed';
}

/** The state that one pass over a history builds up; each event costs a few map look-ups. */
export class Fold {
  readonly started: EventOf<'run.started'>;
  readonly cell: Cell;
  readonly people = new Map<string, PersonPlan>();
  readonly attribution = new Attribution();
  readonly truth: Truth;
  readonly knowledge: Knowledge;
  readonly doors = new DoorLedger();
  readonly wires: WireFold;
  readonly devices: DeviceFold;
  readonly taps: TapFold;
  readonly mls = new MlsFold();
  readonly sessions: SessionFold;
  readonly attachments = new AttachmentFold();
  readonly imessage = new ImessageFold();
  readonly mms = new MmsFold();
  readonly talk = new PeopleFold();
  /** What was found in the archive, message by message. */
  readonly archiveReads: EventOf<'archive.read'>[] = [];
  readonly consent = new ConsentFold();
  readonly run = new RunFold();
  readonly unknownStatuses = new Map<string, UnknownStatus>();
  statusesSeen = 0;
  /** Of these, the ones that were asked for: an implementation that answers does so for all. */
  statusesPolled = 0;
  readonly #lookers = new Lookers();
  readonly #traffic = new Map<string, TrafficPlan>();

  constructor(started: EventOf<'run.started'>) {
    this.started = started;
    this.cell = started.plan;
    const { claims, role } = started.implementation;
    const usable = ({ components }: Way): boolean =>
      role === 'none' || isClaimedWay(components, claims);
    const everybody = peopleOf(this.cell);
    for (const person of everybody) this.people.set(person.id, person);
    for (const traffic of this.cell.traffic) this.#traffic.set(traffic.name, traffic);
    this.truth = new Truth(this.cell, everybody, usable);
    this.knowledge = new Knowledge(this.cell.policy);
    this.wires = new WireFold(this.attribution, this.knowledge, this.cell.policy, this.doors);
    this.devices = new DeviceFold(this.attribution);
    this.sessions = new SessionFold(this.cell.world.gatewaysReading ?? []);
    this.taps = new TapFold(this.cell.policy, this.attribution);
    this.#lookers.add(this.mls);
    this.#lookers.add(this.sessions);
    this.#lookers.add(this.attachments);
    this.#lookers.add(this.imessage);
    this.#lookers.add(this.mms);
    this.#lookers.add(this.talk);
    this.#lookers.add(this.consent);
  }

  observe(event: HistoryEvent): void {
    this.run.any(event);
    for (const looker of this.#lookers.of(event.kind)) looker.observe(event);
    switch (event.kind) {
      case 'message.intended':
        return this.#intended(event);
      case 'message.submitted':
        return this.#submitted(event);
      case 'message.answered':
        return this.#answered(event);
      case 'status.seen':
        return this.#status(event);
      case 'status.unread':
        return this.#unread(event);
      case 'door.request':
        return this.wires.requested(event);
      case 'door.answered':
        return this.wires.answered(event, this.run.stop);
      case 'carried':
        return this.wires.carried(event);
      case 'callback.sent':
        return this.wires.callbackSent(event);
      case 'callback.answered':
        return this.wires.callbackAnswered(event);
      case 'tap.scanned':
        return this.taps.scanned(event);
      case 'device.displayed':
        return this.devices.displayed(event);
      case 'business.received':
        return this.devices.taken(event);
      case 'device.received':
        return this.devices.received(event);
      case 'device.asked':
        return this.devices.asked(event);
      case 'device.notified':
        return this.devices.notified(event);
      case 'device.read':
        return this.devices.read(event);
      case 'stored':
        return this.devices.stored(event);
      case 'device.link-opened':
        return this.devices.linkOpened(event);
      case 'device.changed':
        return this.#deviceChanged(event);
      case 'component.changed':
        return this.truth.componentChanged(event);
      case 'mls.decrypted':
        return this.devices.decrypted(event);
      case 'mls.identified':
        return this.devices.identified(event);
      case 'mls.refused':
        return this.devices.refused(event);
      case 'mls.lost':
      case 'mls.diverged':
        return this.devices.keysLost(event);
      default:
        return this.#aboutTheRun(event);
    }
  }

  #aboutTheRun(event: HistoryEvent): void {
    const { run } = this;
    if (event.kind === 'fault.applied') run.applied(event);
    else if (event.kind === 'fault.touched') run.touched(event);
    else if (event.kind === 'fault.lifted') this.#isBack(run.lifted(event), event.t);
    else if (event.kind === 'harness.lag') run.lagged(event);
    else if (event.kind === 'implementation.started') this.#started();
    else if (event.kind === 'implementation.ready') this.#isBack(run.ready(event), event.t);
    else if (event.kind === 'implementation.exited') run.exited(event);
    else if (event.kind === 'implementation.output') run.output(event);
    else if (event.kind === 'implementation.evidence') run.evidence = event;
    else if (event.kind === 'probe.result') run.probes.push(event);
    else if (event.kind === 'archive.read') this.archiveReads.push(event);
    else if (event.kind === 'cell.ended') run.ended = event;
    else if (event.kind === 'phase.began' && event.phase === 'final') {
      run.finalPhase = { at: event.t, seq: event.seq };
    }
  }

  #isBack(stop: Stop | null, at: number): void {
    if (stop !== null) this.wires.isBack(stop, at);
  }

  #started(): void {
    this.run.starts++;
    this.doors.implementationStarted();
  }

  #intended(event: EventOf<'message.intended'>): void {
    const traffic = this.#traffic.get(event.traffic);
    const toBusiness = event.to === BUSINESS;
    const person = this.people.get(toBusiness ? (event.from ?? '') : event.to);
    if (traffic === undefined || person === undefined) return;
    this.attribution.intended({
      id: event.message,
      traffic,
      person,
      canary: event.canary,
      from: event.from ?? null,
      toBusiness,
      intended: { at: event.t, seq: event.seq },
      submitted: null,
      answers: [],
      status: null,
      failedTold: null,
      deliveredTold: null,
      readTold: null,
      stepsBack: [],
      settledAt: null,
      unread: null,
      readerBits: 0,
    });
  }

  #submitted(event: EventOf<'message.submitted'>): void {
    const record = this.attribution.messages.get(event.message);
    if (record === undefined || record.submitted !== null) return;
    record.submitted = { at: event.t, seq: event.seq };
  }

  #answered(event: EventOf<'message.answered'>): void {
    const record = this.attribution.messages.get(event.message);
    if (record === undefined) return;
    const { outcome, definite } = event;
    const id = event.id ?? null;
    record.answers = withOne(record.answers, {
      at: event.t,
      seq: event.seq,
      outcome,
      definite,
      id,
    });
    if (id !== null) this.attribution.named(record, id);
    if (outcome === 'refused' && definite) record.settledAt ??= event.t;
  }

  #status(event: EventOf<'status.seen'>): void {
    this.statusesSeen++;
    if (event.by === 'poll') this.statusesPolled++;
    const channels = event.means ?? channelsNamed(event.channel);
    if (event.word === undefined) this.#unknown('status', event.raw, event);
    if (event.channel !== undefined && channels === null) {
      this.#unknown('channel', event.channel, event);
    }
    if (event.encryptedAs !== undefined) this.#unknown('encrypted', event.encryptedAs, event);
    const record = this.attribution.messages.get(event.message);
    if (record === undefined || record.status?.final === true) return;
    const status: StatusTold = {
      at: event.t,
      seq: event.seq,
      word: event.word ?? null,
      raw: event.raw,
      channels,
      encrypted: event.encrypted ?? null,
      final: event.final === true,
    };
    if (event.by === 'push' && !status.final && this.#isOvertaken(record.status, status)) return;
    if (record.status !== null && isStepBack(record.status, status)) {
      record.stepsBack = withOne(record.stepsBack, { from: record.status, to: status });
    }
    record.status = status;
    if (status.word === 'delivered') record.deliveredTold ??= status;
    if (status.word === 'read') record.readTold ??= status;
    if (status.word === 'failed') record.failedTold ??= { at: event.t, seq: event.seq };
    if (status.word === 'delivered' || status.word === 'read' || status.word === 'failed') {
      record.settledAt ??= event.t;
    }
  }

  /** A push that says less than one just before it set out earlier; the further one holds. */
  #isOvertaken(before: StatusTold | null, { word, at }: StatusTold): boolean {
    if (before === null || before.word === null || word === null) return false;
    if (at - before.at > this.cell.policy.toleranceMicros) return false;
    return isOvertaken(before.word, word);
  }

  #unread({ message, detail }: EventOf<'status.unread'>): void {
    const record = this.attribution.messages.get(message);
    if (record !== undefined) record.unread = detail;
  }

  #unknown(
    what: UnknownStatus['what'],
    raw: string,
    { seq, message }: EventOf<'status.seen'>,
  ): void {
    const key = `${what} ${raw}`;
    const known = this.unknownStatuses.get(key);
    if (known === undefined) {
      this.unknownStatuses.set(key, { what, raw, count: 1, seqs: [seq], message });
      return;
    }
    known.count++;
    if (known.seqs.length < KEPT) known.seqs.push(seq);
  }

  /** Its new token is told to the implementation: what was said of the old one holds no more. */
  #appIsBack({ device, t: at, seq }: EventOf<'device.changed'>): void {
    const back = { channels: ['app-push'], scope: { device }, says: 'available' } as const;
    this.knowledge.learn({ ...back, holds: 'capability-age' }, at, seq);
  }

  #deviceChanged(event: EventOf<'device.changed'>): void {
    this.truth.deviceChanged(event);
    this.devices.changed(event);
    if (event.change === 'revoked') this.wires.deviceRevoked(event.person, event.device);
    if (event.change === 'app-installed') this.#appIsBack(event);
  }
}
