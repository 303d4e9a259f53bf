/**
 * What the centre still knows of accepted submissions: those under way, and how the last ones
 * ended, for query_sm. Bounded: what ended long ago is forgotten.
 */
import type { MessageState } from '../protocol/smpp/pdu.ts';
import type { SmsItem } from './sms-centre-item.ts';
import type { Arrival } from './sms-centre-read.ts';

export interface LiveSubmission {
  readonly arrival: Arrival;
  /** Undefined until the last part has come. */
  item: SmsItem | undefined;
}

export interface EndedSubmission {
  readonly messageId: string;
  readonly sourceAddr: string;
  readonly state: MessageState;
  readonly doneMillis: number;
}

export interface LiveSubmissions {
  add(arrival: Arrival): void;
  /** The submission with this key (`17`; `17.2` for one destination of several). */
  get(key: string): LiveSubmission | undefined;
  /** By message id: the only one, or the first destination that is still under way. */
  byMessageId(messageId: string): LiveSubmission | undefined;
  ended(messageId: string): EndedSubmission | undefined;
  /** Those from this sender to this recipient, oldest first. */
  between(sourceAddr: string, destinationAddr: string, serviceType: string): LiveSubmission[];
  end(key: string, state: MessageState, doneMillis: number): void;
  /** Forgotten without an end: lost, or replaced by another. */
  drop(key: string): void;
}

/** How many ends are remembered. */
const MOST_ENDED = 4_096;
/** Of one submit_multi. */
const MOST_DESTINATIONS = 254;

export function createLiveSubmissions(): LiveSubmissions {
  const live = new Map<string, LiveSubmission>();
  /** By the id, which counts up, modulo their number: the newest has each place. */
  const ended: EndedSubmission[] = [];
  const placeOf = (messageId: string): number => Number(messageId) % MOST_ENDED;
  return {
    add: (arrival) => void live.set(arrival.key, { arrival, item: undefined }),
    get: (key) => live.get(key),
    byMessageId: (messageId) => {
      const only = live.get(messageId);
      if (only !== undefined) return only;
      for (let nth = 1; nth <= MOST_DESTINATIONS; nth++) {
        const one = live.get(`${messageId}.${nth}`);
        if (one !== undefined) return one;
      }
      return undefined;
    },
    ended: (messageId) => {
      const found = ended[placeOf(messageId)];
      return found?.messageId === messageId ? found : undefined;
    },
    between: (sourceAddr, destinationAddr, serviceType) =>
      [...live.values()].filter(
        ({ arrival: { body } }) =>
          body.sourceAddr === sourceAddr &&
          body.destinationAddr.replace(/^\+/, '') === destinationAddr.replace(/^\+/, '') &&
          (serviceType === '' || body.serviceType === serviceType),
      ),
    end: (key, state, doneMillis) => {
      const submission = live.get(key);
      if (submission === undefined) return;
      live.delete(key);
      const { messageId, body } = submission.arrival;
      const { sourceAddr } = body;
      ended[placeOf(messageId)] = { messageId, sourceAddr, state, doneMillis };
    },
    drop: (key) => void live.delete(key),
  };
}
