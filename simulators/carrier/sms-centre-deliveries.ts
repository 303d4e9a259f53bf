/**
 * deliver_sm on its way to ESMEs: kept until a session that may receive is bound, sent in order
 * with a window, and sent again after a temporary refusal.
 */
import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { Timer } from '../kernel/clock.ts';
import type { EventInput } from '../kernel/events.ts';
import type { Conditions } from '../network/conditions.ts';
import type { MessageBody, Tlv } from '../protocol/smpp/pdu.ts';
import type { Reply, SmppSession } from '../protocol/smpp/session.ts';
import { COMMAND_STATUS, statusName } from '../protocol/smpp/status.ts';

type CallbackSent = EventInput & { kind: 'callback.sent' };

/** What of the `callback.sent` the queue does not know by itself. */
export type DeliveryFacts = Omit<CallbackSent, 'kind' | 'callback' | 'component' | 'attempt'>;

/** One deliver_sm. */
export interface Delivery {
  readonly facts: DeliveryFacts;
  /** For `unfinished`: `receipt of smpp:17`. */
  readonly what: string;
  /** Made when it is sent. */
  pdu(): { readonly body: MessageBody; readonly tlvs: readonly Tlv[] };
  /** Answered with ESME_ROK; `seq` is that of the `callback.answered`. */
  taken?(callback: string, seq: number): void;
}

interface Pending {
  readonly callback: string;
  readonly delivery: Delivery;
  attempt: number;
}

export interface DeliveryQueue {
  add(delivery: Delivery): void;
  /** A session that may receive deliver_sm was bound. */
  bound(session: SmppSession): void;
  closed(session: SmppSession): void;
  /** Under way, and those that a bound session could take. */
  unfinished(): string[];
}

const WINDOW = 10;
const ANSWER_MICROS = 30 * MICROS_PER_SECOND;
const RETRY_MICROS = 5 * MICROS_PER_SECOND;
const MOST_ATTEMPTS = 10;
/** Kept for an ESME that stays away; the oldest goes first. */
const MOST_KEPT = 100_000;

/** An application error that trying again does not mend (§5.1.3). */
const FINAL: ReadonlySet<number> = new Set([
  COMMAND_STATUS.ESME_RX_P_APPN,
  COMMAND_STATUS.ESME_RX_R_APPN,
]);

export function createDeliveryQueue(
  path: string,
  { clock, history, ids }: Ambient,
  conditions: Conditions,
): DeliveryQueue {
  const queue: Pending[] = [];
  const sessions: SmppSession[] = [];
  const underWay = new Set<Pending>();
  const retries = new Map<Pending, Timer>();
  let turn = 0;

  const answered = ({ callback, attempt, delivery }: Pending, reply: Reply, handedAt: number) => {
    if (reply.kind === 'none') {
      const status = reply.reason;
      const outcome = 'no-answer';
      history.append({ kind: 'callback.answered', callback, attempt, outcome, status, handedAt });
      return { again: true };
    }
    const accepted = reply.pdu.status === COMMAND_STATUS.ESME_ROK;
    const seq = history.append({
      kind: 'callback.answered',
      callback,
      attempt,
      outcome: accepted ? 'accepted' : 'refused',
      status: statusName(reply.pdu.status),
      handedAt,
    });
    if (accepted) delivery.taken?.(callback, seq);
    return { again: !accepted && !FINAL.has(reply.pdu.status) };
  };

  const send = (session: SmppSession, pending: Pending): void => {
    pending.attempt++;
    underWay.add(pending);
    const { callback, attempt, delivery } = pending;
    history.append({
      kind: 'callback.sent',
      callback,
      component: path,
      ...delivery.facts,
      attempt,
    });
    const pdu = delivery.pdu();
    const handedAt = clock.now();
    let timeout: Timer | undefined;
    const done = (reply: Reply): void => {
      timeout?.cancel();
      underWay.delete(pending);
      const { again } = answered(pending, reply, handedAt);
      if (again && pending.attempt < MOST_ATTEMPTS) {
        const retry = clock.after(RETRY_MICROS, () => {
          retries.delete(pending);
          queue.push(pending);
          pump();
        });
        retries.set(pending, retry);
      }
      pump();
    };
    const sequence = session.request('deliver_sm', pdu.body, pdu.tlvs, done);
    if (!underWay.has(pending)) return;
    timeout = clock.after(ANSWER_MICROS, () => {
      session.forget(sequence);
      done({ kind: 'none', reason: 'no answer' });
    });
  };

  const pump = (): void => {
    while (queue.length > 0 && conditions.state !== 'down') {
      const free = sessions.filter((session) => session.open && session.waiting < WINDOW);
      const session = free[turn++ % Math.max(1, free.length)];
      const pending = session === undefined ? undefined : queue.shift();
      if (session === undefined || pending === undefined) return;
      send(session, pending);
    }
  };

  conditions.onChange(() => pump());

  return {
    add: (delivery) => {
      queue.push({ callback: ids.next('receipt:'), delivery, attempt: 0 });
      const dropped = queue.length > MOST_KEPT ? queue.shift() : undefined;
      const wire = dropped?.delivery.facts.wire;
      if (wire !== undefined) history.append({ kind: 'lost', wire, component: path });
      pump();
    },
    bound: (session) => {
      sessions.push(session);
      pump();
    },
    closed: (session) => {
      const index = sessions.indexOf(session);
      if (index !== -1) sessions.splice(index, 1);
    },
    unfinished: () => {
      const sendable = sessions.length > 0 ? queue : [];
      return [...underWay, ...retries.keys(), ...sendable].map(
        ({ delivery }) => `${path}: ${delivery.what}`,
      );
    },
  };
}
