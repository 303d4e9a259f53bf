/** What the fold keeps: compact records, one per message, transmission and device. Times in µs. */
import type { DoorOperation, DoorOutcome, EventOf } from '../../simulators/kernel/events.ts';
import type { PersonPlan, TrafficPlan } from '../../simulators/kernel/plan.ts';
import type { PushFacts } from '../../simulators/kernel/push-facts.ts';
import type { Channel, StatusWord } from '../../simulators/kernel/words.ts';

/** An event that proves something: when, and its seq. */
export interface Mark {
  readonly at: number;
  readonly seq: number;
}

/** A request for a message at a channel's door. */
export interface Dispatch extends Mark {
  readonly channel: Channel;
  readonly component: string;
  readonly operation: DoorOperation;
  readonly device: string | null;
  readonly wire: string | null;
  readonly repeated: boolean;
  readonly disclosure: boolean | null;
  /** Of a push: what the service saw of it. */
  readonly push: PushFacts | null;
  outcome: DoorOutcome | null;
  status: string;
  /** When the answer reached the implementation; null while or when it did not. */
  handedAt: number | null;
  answerSeq: number;
  retryAfterMicros: number | null;
  transmission: Transmission;
}

export interface Display extends Mark {
  readonly channel: Channel;
  /** Whose device it is; not always the recipient. */
  readonly person: string;
  readonly device: string;
  readonly wire: string;
  readonly padlock: boolean;
  readonly disclosure: boolean;
  readonly altered: boolean;
  transmission: Transmission;
}

export interface DeviceMark extends Mark {
  readonly device: string;
}

/** Evidence that a callback brought to the implementation. */
export interface Told extends Mark {
  /** When it left for the implementation, which may have read it before it answered. */
  readonly offeredAt: number;
  /**
   * From when on it was bound to know: when it answered, or when the vendor had waited in vain;
   * Infinity where the connection broke before, be it by the end of the cell.
   */
  readonly answeredAt: number;
  /** Which part of the copy it is about, from 1; 0: all of it. */
  readonly part: number;
  readonly implies: StatusWord | null;
  /** A lying peer's: what follows from it is charged to the peer. */
  readonly untrue: boolean;
  /** A meaning `unavailable` that holds for this message. */
  readonly unavailable: readonly Channel[];
}

/** A copy that was sent in several parts. */
export interface Parts {
  readonly total: number;
  /** Numbers of those that no receipt was asked for. */
  readonly unasked: readonly number[];
}

/** One time that a person's message was brought to the implementation's callback. */
export interface Offer extends Mark {
  readonly outcome: EventOf<'callback.answered'>['outcome'];
  readonly status: string;
  /** seq of the callback.answered. */
  readonly answerSeq: number;
}

/** One copy of a message under way: all wires that are linked to each other. */
export interface Transmission {
  readonly order: number;
  readonly wire: string | null;
  /** Known by canary, by the simulator, or by a linked wire. */
  message: MessageRecord | null;
  /** An id named in the payload. */
  echoed: string | null;
  person: string | null;
  /** Welcome or Commit: never content. */
  control: boolean;
  dispatches: Dispatch[];
  displays: Display[];
  received: DeviceMark[];
  notified: DeviceMark[];
  reads: DeviceMark[];
  refused: DeviceMark[];
  /** When the app first called the implementation about it. */
  asked: Mark | null;
  /** Kept back by a phone that saves power. */
  held: Mark | null;
  /** Fed to a device that had been removed. */
  overheard: (DeviceMark & { readonly opened: boolean })[];
  linkOpened: Mark | null;
  carriedAt: number | null;
  revokeAsked: Mark | null;
  told: Told[];
  /** Null for a copy in one part. */
  parts: Parts | null;
  /** Of a person's message to the business; null for all others. */
  offers: Offer[] | null;
  /** Joined to another: all further news goes there. */
  mergedInto: Transmission | null;
}

export interface Answer extends Mark {
  readonly outcome: 'accepted' | 'busy' | 'refused' | 'no-answer';
  readonly definite: boolean;
  readonly id: string | null;
}

export interface StatusTold extends Mark {
  readonly word: StatusWord | null;
  readonly raw: string;
  /** What its name for the channel may mean; null where none was told, or none that is known. */
  readonly channels: readonly Channel[] | null;
  readonly encrypted: boolean | null;
  readonly final: boolean;
}

/** A status that was told after a higher one. */
export interface StepBack {
  readonly from: StatusTold;
  readonly to: StatusTold;
}

export interface MessageRecord {
  readonly id: string;
  readonly traffic: TrafficPlan;
  /** The recipient; of a message to the business, its writer. */
  readonly person: PersonPlan;
  readonly canary: string;
  readonly from: string | null;
  /** Written by a person to whoever is under test. */
  readonly toBusiness: boolean;
  readonly intended: Mark;
  submitted: Mark | null;
  answers: Answer[];
  /** The last status told, and the final one once there is one. */
  status: StatusTold | null;
  /** When `failed` was told first. */
  failedTold: Mark | null;
  /** The first time that each was claimed: a claim before its evidence is untrue for good. */
  deliveredTold: StatusTold | null;
  readTold: StatusTold | null;
  /** From delivered or read to anything lower, or to failed. */
  stepsBack: StepBack[];
  /** When the implementation itself called it delivered, read, failed or refused. */
  settledAt: number | null;
  /** What came instead of a status when it was asked for at the end. */
  unread: string | null;
  /** Which observers found its canary anywhere: a bit for each of OBSERVERS. */
  readerBits: number;
}

/** Of most things a message has two at most: an array that grows takes room for sixteen more. */
const NONE: never[] = Object.freeze([]) as unknown as never[];

/** One more. The list that is returned takes the place of the one given, which may be it. */
export function withOne<T>(list: T[], one: T): T[] {
  if (list.length === 0) return [one];
  if (list.length === 1) return [list[0]!, one];
  list.push(one);
  return list;
}

export function emptyTransmission(order: number, wire: string | null): Transmission {
  return {
    order,
    wire,
    message: null,
    echoed: null,
    person: null,
    control: false,
    dispatches: NONE,
    displays: NONE,
    received: NONE,
    notified: NONE,
    reads: NONE,
    refused: NONE,
    asked: null,
    held: null,
    overheard: NONE,
    linkOpened: null,
    carriedAt: null,
    revokeAsked: null,
    told: NONE,
    parts: null,
    offers: null,
    mergedInto: null,
  };
}
