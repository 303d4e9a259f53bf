/** Delivery receipts and intermediate notifications: which are due, and what they say. */
import type { Ambient } from '../kernel/ambient.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import { receiptPdu } from '../protocol/smpp/receipt.ts';
import type { MessageState } from '../protocol/smpp/pdu.ts';
import { REGISTERED } from '../protocol/smpp/pdu.ts';
import type { DeliveryQueue } from './sms-centre-deliveries.ts';
import type { MessageIds } from './sms-centre-ids.ts';
import { notThisMessage } from './sms-centre-meanings.ts';
import type { ReceiptFaults } from './sms-centre-receipt-faults.ts';
import type { Submission } from './sms-centre-submission.ts';

export interface Receipts {
  /** Taken: a lying centre says `delivered` already. */
  taken(submission: Submission): void;
  /** Waits for its phone: an intermediate notification, if one was asked for (§5.2.17). */
  waiting(submission: Submission): void;
  /** Sends a receipt if registered_delivery asked for one with this result (§5.2.17). */
  ended(submission: Submission, state: MessageState): void;
  /** Those that a fault holds back. */
  unfinished(): string[];
}

export interface ReceiptsOptions {
  readonly path: string;
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
  readonly ids: MessageIds;
  readonly faults: ReceiptFaults;
  readonly queue: DeliveryQueue;
}

function wanted(registeredDelivery: number, state: MessageState): boolean {
  switch (registeredDelivery & REGISTERED.receiptMask) {
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

/** `err` of the text: what the network gave as the reason, in the numbers of TS 29.002 §17.7. */
const ERROR_OF: Readonly<Partial<Record<MessageState, string>>> = {
  EXPIRED: '027',
  UNDELIVERABLE: '001',
  REJECTED: '011',
};

export function createReceipts(options: ReceiptsOptions): Receipts {
  const { path, carrier, ambient, ids, faults, queue } = options;
  const { clock } = ambient;
  const parameters = carrier.smpp?.receiptParameters ?? true;
  const interimAlways = carrier.smpp?.interim === 'always';
  /** Held back by a fault: how many of each submission's are still to come. */
  const held = new Map<string, number>();

  const send = (submission: Submission, state: MessageState, untrue: boolean): void => {
    const { person, submitMillis, body, wire, reference } = submission;
    const doneMillis = clock.epochMillis();
    const intermediate = state === 'ENROUTE';
    const delivered = state === 'DELIVERED';
    const failed = !delivered && !intermediate;
    queue.add({
      what: `receipt of ${wire}`,
      facts: {
        event: intermediate ? 'deliver_sm intermediate notification' : 'deliver_sm receipt',
        wire,
        person,
        implies: delivered ? 'delivered' : intermediate ? 'sent' : 'failed',
        ...(failed ? { meaning: notThisMessage(person) } : {}),
        ...(untrue ? { untrue } : {}),
      },
      pdu: () =>
        receiptPdu(
          {
            messageId: ids.receipt(submission.messageId),
            state,
            submitMillis,
            doneMillis,
            errorCode: ERROR_OF[state] ?? '000',
            text: '',
          },
          body,
          {
            parameters,
            intermediate,
            ...(reference === undefined ? {} : { userMessageReference: reference }),
          },
        ),
    });
  };

  const later = (delayMicros: number, submission: Submission, task: () => void): void => {
    if (delayMicros === 0) {
      task();
      return;
    }
    const { wire } = submission;
    held.set(wire, (held.get(wire) ?? 0) + 1);
    clock.after(delayMicros, () => {
      const left = (held.get(wire) ?? 1) - 1;
      if (left === 0) held.delete(wire);
      else held.set(wire, left);
      task();
    });
  };

  /** Through the faults. */
  const offer = (submission: Submission, state: MessageState, untrue = false): void => {
    const { message, wire } = submission;
    const treatment = faults.meet(message, wire);
    if (treatment === undefined) {
      send(submission, state, untrue);
      return;
    }
    if (treatment.drop) return;
    for (const delayMicros of treatment.delaysMicros) {
      later(delayMicros, submission, () => send(submission, state, untrue));
    }
  };

  return {
    taken: (submission) => {
      const { registeredDelivery } = submission.body;
      if (!wanted(registeredDelivery, 'DELIVERED')) return;
      const { message, wire, key } = submission;
      if (faults.liesDelivered(message, wire, key)) offer(submission, 'DELIVERED', true);
    },
    waiting: (submission) => {
      const { registeredDelivery } = submission.body;
      const asked = (registeredDelivery & REGISTERED.intermediate) !== 0;
      const final = (registeredDelivery & REGISTERED.receiptMask) !== 0;
      if (!asked && !(interimAlways && final)) return;
      if (!faults.hasLied(submission.key)) offer(submission, 'ENROUTE');
    },
    ended: (submission, state) => {
      const { message, wire, key } = submission;
      // Who lied once keeps to it.
      if (faults.forgetLie(key)) return;
      const { registeredDelivery } = submission.body;
      const untrue = state === 'DELIVERED' && faults.liesFailed(message, wire);
      const told = untrue ? 'UNDELIVERABLE' : state;
      if (wanted(registeredDelivery, told)) offer(submission, told, untrue);
    },
    unfinished: () => [...held.keys()].map((wire) => `${path}: late receipt of ${wire}`),
  };
}
