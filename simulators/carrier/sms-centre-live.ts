/**
 * What the centre still knows of accepted submissions: those under way, and how the last ones
 * ended, for query_sm. Bounded: what ended long ago is forgotten.
 */
import type { MessageState } from '../protocol/smpp/pdu.ts';
import { MESSAGE_STATES } from '../protocol/smpp/pdu.ts';
import { InOrder } from '../kernel/in-order.ts';
import type { Submission } from './sms-centre-submission.ts';

export interface EndedSubmission {
  readonly sourceAddr: string;
  readonly state: MessageState;
  readonly doneMillis: number;
}

export interface LiveSubmissions {
  add(submission: Submission): void;
  has(submission: Submission): boolean;
  /** By message id: the only one, or the first destination that is still under way. */
  byMessageId(messageId: string): Submission | undefined;
  ended(messageId: string): EndedSubmission | undefined;
  /** Those from this sender to this recipient, oldest first. */
  between(sourceAddr: string, destinationAddr: string, serviceType: string): Submission[];
  /** False when it was not under way. */
  end(submission: Submission, state: MessageState, doneMillis: number): boolean;
  /** Forgotten without an end: lost, or replaced by another. */
  drop(submission: Submission): void;
}

/** How many ends are remembered. */
const MOST_ENDED = 4_096;
/** Of one submit_multi. */
const MOST_DESTINATIONS = 254;

const STATE_NAMES = Object.keys(MESSAGE_STATES) as readonly MessageState[];

/**
 * By the id, which counts up, modulo their number: the newest has each place. Columns of numbers,
 * and no objects, for each of those would first live long enough to be moved twice.
 */
function createEnds() {
  const ids = new Float64Array(MOST_ENDED).fill(NaN);
  const states = new Uint8Array(MOST_ENDED);
  const doneMillis = new Float64Array(MOST_ENDED);
  const sources = Array.from({ length: MOST_ENDED }, () => '');
  return {
    add: (id: number, sourceAddr: string, state: MessageState, done: number): void => {
      const place = id % MOST_ENDED;
      ids[place] = id;
      states[place] = MESSAGE_STATES[state];
      doneMillis[place] = done;
      if (sources[place] !== sourceAddr) sources[place] = sourceAddr;
    },
    find: (id: number): EndedSubmission | undefined => {
      const place = id % MOST_ENDED;
      if (ids[place] !== id) return undefined;
      const state = STATE_NAMES.find((name) => MESSAGE_STATES[name] === states[place])!;
      return { sourceAddr: sources[place]!, state, doneMillis: doneMillis[place]! };
    },
  };
}

export function createLiveSubmissions(): LiveSubmissions {
  const live = new InOrder<Submission>();
  /** By key; made when it is asked for first, since most programs never ask. */
  let index: Map<string, Submission> | undefined;
  const ends = createEnds();

  const byKey = (): ReadonlyMap<string, Submission> =>
    (index ??= new Map(Array.from(live, (one) => [one.key, one])));

  const drop = (submission: Submission): boolean => {
    if (!live.delete(submission)) return false;
    if (index?.get(submission.key) === submission) index.delete(submission.key);
    return true;
  };

  return {
    add: (submission) => {
      live.add(submission);
      index?.set(submission.key, submission);
    },
    has: (submission) => live.has(submission),
    byMessageId: (messageId) => {
      const known = byKey();
      const only = known.get(messageId);
      if (only !== undefined) return only;
      for (let nth = 1; nth <= MOST_DESTINATIONS; nth++) {
        const one = known.get(`${messageId}.${nth}`);
        if (one !== undefined) return one;
      }
      return undefined;
    },
    ended: (messageId) => {
      const id = Number(messageId);
      return String(id) === messageId ? ends.find(id) : undefined;
    },
    between: (sourceAddr, destinationAddr, serviceType) =>
      [...live].filter(
        ({ body }) =>
          body.sourceAddr === sourceAddr &&
          body.destinationAddr.replace(/^\+/, '') === destinationAddr.replace(/^\+/, '') &&
          (serviceType === '' || body.serviceType === serviceType),
      ),
    end: (submission, state, doneMillis) => {
      if (!drop(submission)) return false;
      ends.add(Number(submission.messageId), submission.body.sourceAddr, state, doneMillis);
      return true;
    },
    drop,
  };
}
