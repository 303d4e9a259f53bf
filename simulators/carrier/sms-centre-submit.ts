/**
 * What becomes of a submit_sm, data_sm or submit_multi: recorded, tapped, treated, answered, taken.
 */
import type { Ambient } from '../kernel/ambient.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Conditions, Treatment } from '../network/conditions.ts';
import type { Unsuccess } from '../protocol/smpp/pdu.ts';
import { messageBody } from '../protocol/smpp/pdu.ts';
import { COMMAND_STATUS, statusName } from '../protocol/smpp/status.ts';
import type { Esme, SubmitPdu } from './sms-centre-esme.ts';
import type { MessageIds } from './sms-centre-ids.ts';
import { BROKEN_MICROS, busy, refusalMeaning } from './sms-centre-meanings.ts';
import type { ReadSubmission } from './sms-centre-read.ts';
import type { Submission } from './sms-centre-submission.ts';

export interface SubmitOptions {
  readonly path: string;
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
  readonly messageIds: MessageIds;
  readonly conditions: Conditions;
  readonly read: ReadSubmission;
  /** Messages and parts kept now. */
  size(): number;
  take(submission: Submission): void;
  /** Answered as taken, and lost behind the door. */
  lost(submission: Submission): void;
}

export function createSubmit(options: SubmitOptions): (esme: Esme, pdu: SubmitPdu) => void {
  const { path, carrier, ambient, messageIds, conditions, read } = options;
  const { clock, history, ids } = ambient;
  const window = carrier.smpp?.window ?? null;

  const limits = (esme: Esme): number | undefined => {
    const limit = carrier.smsQueueLimit;
    if (window !== null && esme.pending >= window) return COMMAND_STATUS.ESME_RTHROTTLED;
    if (esme.limit?.take(clock.now()) === false) return COMMAND_STATUS.ESME_RTHROTTLED;
    if (limit !== null && options.size() >= limit) return COMMAND_STATUS.ESME_RMSGQFUL;
    return undefined;
  };

  const readAll = (pdu: SubmitPdu, key: string, wire: string): Submission[] => {
    if (pdu.command === 'submit_sm') return [read(pdu.command, pdu.body, pdu.tlvs, key, wire)];
    if (pdu.command === 'data_sm') {
      return [read(pdu.command, messageBody(pdu.body), pdu.tlvs, key, wire)];
    }
    const { destinations, ...common } = pdu.body;
    const lists = destinations.some((destination) => 'listName' in destination);
    if (lists) {
      const entry = read(pdu.command, messageBody(common), pdu.tlvs, key, wire);
      entry.refused = COMMAND_STATUS.ESME_RINVDLNAME;
      return [entry];
    }
    return destinations.map((destination, index) => {
      const body = messageBody({ ...common, ...destination });
      const own = `${key}.${index + 1}`;
      return read(pdu.command, body, pdu.tlvs, own, `smpp:${own}`);
    });
  };

  const respond = (
    esme: Esme,
    pdu: SubmitPdu,
    status: number,
    key: string,
    unsuccessful: readonly Unsuccess[],
  ): void => {
    const messageId = status === COMMAND_STATUS.ESME_ROK ? messageIds.answer(key) : '';
    if (pdu.command === 'submit_multi') {
      esme.session.respond(pdu, status, { messageId, unsuccessful });
    } else {
      esme.session.respond(pdu, status, { messageId });
    }
  };

  const record = (esme: Esme, entry: Submission, status: number): void => {
    if (status === COMMAND_STATUS.ESME_ROK) {
      esme.answered(entry, 'accepted', 'ESME_ROK');
      return;
    }
    const { outcome, meaning } = refusalMeaning(status, path, entry.person || undefined);
    esme.answered(entry, outcome, statusName(status), meaning);
  };

  const answerOne = (
    esme: Esme,
    pdu: SubmitPdu,
    key: string,
    entry: Submission,
    status: number,
  ): void => {
    if (!esme.session.open) {
      const lost = status === COMMAND_STATUS.ESME_ROK ? 'answer-lost' : 'reset';
      esme.answered(entry, lost, 'connection closed');
      return;
    }
    respond(esme, pdu, status, key, unsuccessOf(pdu, entry, status));
    record(esme, entry, status);
  };

  /** One answer for all destinations; each is recorded by what became of it. */
  const answer = (
    esme: Esme,
    pdu: SubmitPdu,
    key: string,
    entries: readonly Submission[],
    all: number | undefined,
  ): void => {
    const { ESME_ROK, ESME_RSUBMITFAIL } = COMMAND_STATUS;
    const [first] = entries;
    if (first !== undefined && entries.length === 1) {
      answerOne(esme, pdu, key, first, all ?? first.refused ?? ESME_ROK);
      return;
    }
    const statuses = entries.map((entry) => all ?? entry.refused ?? ESME_ROK);
    if (esme.session.open) {
      const some = statuses.includes(ESME_ROK) ? ESME_ROK : ESME_RSUBMITFAIL;
      const unsuccessful = entries.flatMap((one, nth) => unsuccessOf(pdu, one, statuses[nth]!));
      respond(esme, pdu, all ?? some, key, unsuccessful);
    }
    for (const [index, entry] of entries.entries()) {
      const status = statuses[index]!;
      if (esme.session.open) record(esme, entry, status);
      else {
        const lost = status === ESME_ROK ? 'answer-lost' : 'reset';
        esme.answered(entry, lost, 'connection closed');
      }
    }
  };

  const treat = (
    esme: Esme,
    pdu: SubmitPdu,
    key: string,
    entries: readonly Submission[],
    treatment: Treatment,
  ): void => {
    switch (treatment.kind) {
      case 'serve':
      case 'serve-then-drop-answer':
      case 'answer-then-lose': {
        const good = entries.every(isGood) ? entries : entries.filter(isGood);
        const limited = good.length === 0 ? undefined : limits(esme);
        if (good.length === 0 || limited !== undefined) {
          answer(esme, pdu, key, entries, limited);
        } else if (treatment.kind === 'serve-then-drop-answer') {
          esme.session.destroy();
          for (const entry of entries) {
            esme.answered(entry, 'answer-lost', 'connection reset', busy(path, BROKEN_MICROS));
          }
          for (const entry of good) options.take(entry.keep());
        } else {
          answer(esme, pdu, key, entries, undefined);
          for (const entry of good) {
            if (treatment.kind === 'serve') {
              options.take(entry.keep());
              continue;
            }
            const { request: cause, wire } = entry;
            history.append({ kind: 'lost', cause, wire, component: path });
            options.lost(entry.keep());
          }
        }
        return;
      }
      case 'error':
        answer(esme, pdu, key, entries, statusNamed(treatment.as));
        return;
      case 'throttle': {
        const { ESME_RMSGQFUL, ESME_RTHROTTLED } = COMMAND_STATUS;
        const full = treatment.queueFull === true;
        answer(esme, pdu, key, entries, full ? ESME_RMSGQFUL : ESME_RTHROTTLED);
        return;
      }
      case 'silence':
        for (const entry of entries) esme.answered(entry, 'silence', 'no answer');
        return;
      case 'reset':
        esme.session.destroy();
        for (const entry of entries) {
          esme.answered(entry, 'reset', 'connection reset', busy(path, BROKEN_MICROS));
        }
    }
  };

  return (esme, pdu) => {
    const wire = ids.next('smpp:');
    const key = wire.slice('smpp:'.length);
    const entries = readAll(pdu, key, wire);
    const [first] = entries;
    const treatment = conditions.meet(first?.message, first?.wire, first?.person || undefined);
    if (treatment.delayMicros === 0) {
      treat(esme, pdu, key, entries, treatment);
      return;
    }
    // Beyond the window it is refused now; nobody waits for that.
    if (window !== null && esme.pending >= window) {
      answer(esme, pdu, key, entries, COMMAND_STATUS.ESME_RTHROTTLED);
      return;
    }
    esme.pending++;
    clock.after(treatment.delayMicros, () => {
      esme.pending--;
      treat(esme, pdu, key, entries, treatment);
    });
  };
}

const NONE: readonly Unsuccess[] = Object.freeze([]);

function isGood({ refused }: Submission): boolean {
  return refused === undefined;
}

function unsuccessOf(
  pdu: SubmitPdu,
  { body }: Submission,
  errorStatus: number,
): readonly Unsuccess[] {
  if (pdu.command !== 'submit_multi' || errorStatus === COMMAND_STATUS.ESME_ROK) return NONE;
  const { destAddrTon, destAddrNpi, destinationAddr } = body;
  return [{ destAddrTon, destAddrNpi, destinationAddr, errorStatus }];
}

/** The command_status that a fault names; without a name, the centre is broken. */
function statusNamed(word: string | undefined): number {
  const known: Readonly<Record<string, number>> = COMMAND_STATUS;
  return known[word ?? 'ESME_RSYSERR'] ?? COMMAND_STATUS.ESME_RSYSERR;
}
