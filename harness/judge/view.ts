/** What the rules see: messages with all that was attributed to them, and the cell's facts. */
import type { Claims } from '../../simulators/kernel/events.ts';
import type { Cell } from '../../simulators/kernel/plan.ts';
import type { Policy } from '../../simulators/kernel/policy.ts';
import { Availability } from './availability.ts';
import type { Fold } from './fold.ts';
import { latencyOf } from './latency.ts';
import type { Arrival, Attempt, MessageView } from './message-view.ts';
import type { Display, Dispatch, MessageRecord, Transmission } from './records.ts';
import { pushesOf } from './push-dispatches.ts';
import type { Push } from './push-dispatches.ts';
import { resolve } from './resolve.ts';
import type { Span } from './timeline.ts';

export type { Arrival, Attempt, MessageView } from './message-view.ts';

export interface CaseView {
  readonly fold: Fold;
  readonly cell: Cell;
  readonly policy: Policy;
  readonly claims: Claims;
  /** False in world checks and where no implementation took part. */
  readonly judgesImplementation: boolean;
  readonly messages: readonly MessageView[];
  /** Of these, the ones that the implementation was to send. */
  readonly ordered: readonly MessageView[];
  readonly byId: ReadonlyMap<string, MessageView>;
  readonly transmissions: readonly Transmission[];
  readonly pushes: readonly Push[];
  readonly messageOf: (transmission: Transmission) => MessageView | null;
  /** Dispatches that several messages could own. */
  readonly unattributed: number;
  readonly availability: Availability;
  readonly endedAt: number;
  /** Was the harness itself too slow in this span for its timings to count? */
  readonly lagged: (from: number, to: number) => boolean;
  /** When that much running time has passed since `from`, stops by the harness left out. */
  readonly running: (from: number, durationMicros: number) => number;
}

function arrivalOf(displays: readonly Display[]): Arrival | null {
  let best: Arrival | null = null;
  for (const display of displays) {
    const personMicros = personDelay(display);
    const at = display.at - personMicros;
    if (best === null || at < best.at) best = { display, at, personMicros };
  }
  return best;
}

/**
 * The person's own delay before a display: from the placeholder until the app was opened, or from
 * the link's arrival until it was followed.
 */
function personDelay(display: Display): number {
  const { transmission, device, at } = display;
  const notified = transmission.notified.find((mark) => mark.device === device && mark.at <= at);
  if (notified !== undefined) return at - notified.at;
  if (display.channel !== 'secure-link') return 0;
  const opened = transmission.linkOpened;
  const received = transmission.received.find((mark) => mark.device === device && mark.at <= at);
  if (opened === null || received === undefined || opened.at > at) return 0;
  return Math.max(0, opened.at - received.at);
}

const NO_ATTEMPTS: readonly Attempt[] = Object.freeze([]);

function attemptsOf(dispatches: readonly Dispatch[]): readonly Attempt[] {
  if (dispatches.length === 0) return NO_ATTEMPTS;
  const attempts: (Attempt & { dispatches: Dispatch[] })[] = [];
  for (const dispatch of dispatches) {
    const last = attempts.at(-1);
    if (last?.channel === dispatch.channel) last.dispatches.push(dispatch);
    else {
      const { channel, at, seq } = dispatch;
      attempts.push({ channel, at, seq, dispatches: [dispatch] });
    }
  }
  return attempts;
}

const bySeq = (a: { seq: number }, b: { seq: number }): number => a.seq - b.seq;

/** In order; nearly every message is one transmission, whose marks are in order already. */
function gathered<T extends { readonly seq: number }>(
  transmissions: readonly Transmission[],
  marks: (transmission: Transmission) => readonly T[],
): readonly T[] {
  const [only] = transmissions;
  if (only !== undefined && transmissions.length === 1) return marks(only);
  return transmissions.flatMap(marks).sort(bySeq);
}

function messageView(
  record: MessageRecord,
  all: readonly Transmission[],
  policy: Policy,
  maybe: readonly (readonly Transmission[])[],
): MessageView {
  const sensitivity = record.traffic.message.sensitivity;
  // What an implementation sends on of what it was told is judged where its content is seen.
  const transmissions = record.toBusiness
    ? all.filter((each) => each.dispatches.length === 0)
    : all;
  const submittedAt = record.submitted?.at ?? record.intended.at;
  const dispatches = gathered(transmissions, (each) => each.dispatches);
  // What somebody else was shown has not arrived.
  const displays = gathered(transmissions, (each) => each.displays).filter(
    ({ person }) => person === record.person.id,
  );
  const told = gathered(transmissions, (each) => each.told);
  const arrival = arrivalOf(displays);
  const definitelyNot = record.answers.every(
    (answer) => answer.outcome !== 'accepted' && answer.definite,
  );
  const acceptedAt = record.answers.find((answer) => answer.outcome === 'accepted') ?? null;
  return {
    id: record.id,
    record,
    person: record.person,
    sensitivity,
    submittedAt,
    deadlineAt: submittedAt + policy.deadlineMicros[sensitivity],
    taken: record.submitted !== null && (record.answers.length === 0 || !definitelyNot),
    acceptedAt,
    transmissions,
    dispatches,
    attempts: attemptsOf(dispatches),
    displays,
    arrival,
    latency: latencyOf({ arrival, record, acceptedAt }),
    told,
    maybe,
    supposing: (theirs) => messageView(record, [...all, ...theirs], policy, []),
  };
}

function runningClock(downtime: readonly Span[]): CaseView['running'] {
  return (from, durationMicros) => {
    let due = from + durationMicros;
    for (const span of downtime) {
      if (span.to <= from || span.from >= due) continue;
      due += span.to - Math.max(span.from, from);
    }
    return due;
  };
}

/** Attaches every transmission to its message; the fold is complete. */
export function createView(fold: Fold): CaseView {
  const { cell, attribution, run } = fold;
  const { policy } = cell;
  const endedAt = run.ended?.t ?? run.lastMicros;
  const { owned, maybe, unattributed, messageOf } = resolve(attribution);
  const transmissions = attribution.all.filter((each) => each.mergedInto === null);
  const messages = [...attribution.messages.values()].map((record) =>
    messageView(record, owned.get(record) ?? [], policy, maybe.get(record) ?? []),
  );
  let index: ReadonlyMap<string, MessageView> | undefined;
  // Few rules ask for one, and then mostly when they have something to say about it.
  const byId = (): ReadonlyMap<string, MessageView> =>
    (index ??= new Map(messages.map((message) => [message.id, message])));
  const lag = run.lag.filter((window) => window.worstMicros > policy.toleranceMicros);
  return {
    fold,
    cell,
    policy,
    claims: fold.started.implementation.claims,
    judgesImplementation: !cell.worldCheck && fold.started.implementation.role !== 'none',
    messages,
    ordered: messages.filter(({ record }) => record.from === null),
    get byId() {
      return byId();
    },
    transmissions,
    pushes: pushesOf(transmissions),
    messageOf: (transmission) => {
      const record = messageOf(attribution.root(transmission));
      return record === null ? null : (byId().get(record.id) ?? null);
    },
    unattributed,
    availability: new Availability(fold),
    endedAt,
    lagged: (from, to) => lag.some((window) => window.from <= to && window.to >= from),
    running: runningClock(run.allDowntime()),
  };
}
