/**
 * Delivery receipts on their way to the ESME that asked for them: kept until a session that may
 * receive is bound, sent in order with a window, and sent again after a temporary refusal.
 */
import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { Timer } from '../kernel/clock.ts';
import type { Conditions } from '../network/conditions.ts';
import { receiptPdu } from '../protocol/smpp/receipt.ts';
import type { MessageBody, MessageState } from '../protocol/smpp/pdu.ts';
import type { Reply, SmppSession } from '../protocol/smpp/session.ts';
import { COMMAND_STATUS, statusName } from '../protocol/smpp/status.ts';
import { notThisMessage } from './sms-centre-meanings.ts';

/** One accepted submission that may want a receipt. */
export interface Submission {
  readonly messageId: string;
  /** Without its text: receipts need the addresses and what was registered. */
  readonly body: MessageBody;
  readonly submitMillis: number;
  readonly person: string;
}

interface Pending {
  readonly callback: string;
  readonly submission: Submission;
  readonly state: MessageState;
  readonly doneMillis: number;
  attempt: number;
}

export interface ReceiptQueue {
  /** Sends a receipt if registered_delivery asked for one with this result (§5.2.17). */
  add(submission: Submission, state: MessageState): void;
  /** A session that may receive deliver_sm was bound. */
  bound(session: SmppSession): void;
  closed(session: SmppSession): void;
  /** Receipts under way, and those that a bound session could take. */
  unfinished(): string[];
}

const WINDOW = 10;
const ANSWER_MICROS = 30 * MICROS_PER_SECOND;
const RETRY_MICROS = 5 * MICROS_PER_SECOND;
const MOST_ATTEMPTS = 10;
/** Receipts kept for an ESME that stays away; the oldest goes first. */
const MOST_KEPT = 100_000;

/** An application error that trying again does not mend (§5.1.3). */
const FINAL: ReadonlySet<number> = new Set([
  COMMAND_STATUS.ESME_RX_P_APPN,
  COMMAND_STATUS.ESME_RX_R_APPN,
]);

function wanted(registeredDelivery: number, state: MessageState): boolean {
  switch (registeredDelivery & 3) {
    case 1:
      return true;
    case 2:
      return state !== 'DELIVERED';
    case 3:
      return state === 'DELIVERED';
    default:
      return false;
  }
}

export function createReceiptQueue(
  path: string,
  { clock, history, ids }: Ambient,
  conditions: Conditions,
): ReceiptQueue {
  const queue: Pending[] = [];
  const sessions: SmppSession[] = [];
  const underWay = new Set<Pending>();
  const retries = new Map<Pending, Timer>();
  let turn = 0;

  const answered = (
    pending: Pending,
    reply: Reply,
    handedAt: number,
  ): { readonly again: boolean } => {
    const { callback, attempt } = pending;
    if (reply.kind === 'none') {
      const status = reply.reason;
      const outcome = 'no-answer';
      history.append({ kind: 'callback.answered', callback, attempt, outcome, status, handedAt });
      return { again: true };
    }
    const accepted = reply.pdu.status === COMMAND_STATUS.ESME_ROK;
    history.append({
      kind: 'callback.answered',
      callback,
      attempt,
      outcome: accepted ? 'accepted' : 'refused',
      status: statusName(reply.pdu.status),
      handedAt,
    });
    return { again: !accepted && !FINAL.has(reply.pdu.status) };
  };

  const send = (session: SmppSession, pending: Pending): void => {
    const { submission, state } = pending;
    const { messageId, person, submitMillis, body } = submission;
    pending.attempt++;
    underWay.add(pending);
    const delivered = state === 'DELIVERED';
    history.append({
      kind: 'callback.sent',
      callback: pending.callback,
      component: path,
      event: 'deliver_sm receipt',
      wire: `smpp:${messageId}`,
      person,
      attempt: pending.attempt,
      implies: delivered ? 'delivered' : 'failed',
      ...(delivered ? {} : { meaning: notThisMessage(person) }),
    });
    const errorCode = delivered ? '000' : '001';
    const { doneMillis } = pending;
    const receipt = { messageId, state, submitMillis, doneMillis, errorCode, text: '' };
    const pdu = receiptPdu(receipt, body);
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
    add: (submission, state) => {
      if (!wanted(submission.body.registeredDelivery, state)) return;
      const callback = ids.next('receipt:');
      const doneMillis = clock.epochMillis();
      queue.push({ callback, submission, state, doneMillis, attempt: 0 });
      const dropped = queue.length > MOST_KEPT ? queue.shift() : undefined;
      if (dropped !== undefined) {
        const wire = `smpp:${dropped.submission.messageId}`;
        history.append({ kind: 'lost', wire, component: path });
      }
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
        ({ submission }) => `${path}: receipt of smpp:${submission.messageId}`,
      );
    },
  };
}
