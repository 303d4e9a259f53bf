/** What an ESME does with messages that it handed in before: query, cancel, replace. */
import type { Ambient } from '../kernel/ambient.ts';
import type { MessageBody, PduOf, Tlv } from '../protocol/smpp/pdu.ts';
import { ESM_CLASS, MESSAGE_STATES } from '../protocol/smpp/pdu.ts';
import type { MessageState } from '../protocol/smpp/pdu.ts';
import { COMMAND_STATUS, statusName } from '../protocol/smpp/status.ts';
import { absoluteTime } from '../protocol/smpp/time.ts';
import type { Esme, Recorded } from './sms-centre-esme.ts';
import type { MessageIds } from './sms-centre-ids.ts';
import type { SmsItem } from './sms-centre-item.ts';
import type { LiveSubmissions } from './sms-centre-live.ts';
import { refusalMeaning } from './sms-centre-meanings.ts';
import type { ReadSubmission } from './sms-centre-read.ts';
import type { Submission } from './sms-centre-submission.ts';

export interface OperationsOptions {
  readonly path: string;
  readonly ambient: Ambient;
  readonly messageIds: MessageIds;
  readonly live: LiveSubmissions;
  /** True when the message had not been given to the phone; it then ends as cancelled. */
  readonly cancelItem: (item: SmsItem) => boolean;
  readonly read: ReadSubmission;
  readonly take: (submission: Submission) => void;
}

export interface Operations {
  query(esme: Esme, pdu: PduOf<'query_sm'>): void;
  cancel(esme: Esme, pdu: PduOf<'cancel_sm'>): void;
  replace(esme: Esme, pdu: PduOf<'replace_sm'>): void;
  /** replace_if_present_flag (§5.2.18): what waits for the same recipient goes, unannounced. */
  supersede(submission: Submission): void;
}

export function createOperations(options: OperationsOptions): Operations {
  const { path, ambient, messageIds, live, cancelItem } = options;
  const { history, ids } = ambient;

  const request = (operation: 'query' | 'revoke', what: string, wire: string): Recorded => ({
    request: history.append({ kind: 'door.request', component: path, operation, what, wire }),
    wire,
  });

  const find = (written: string, sourceAddr: string): Submission | undefined => {
    const id = messageIds.parse(written);
    const submission = id === undefined ? undefined : live.byMessageId(id);
    return submission?.body.sourceAddr === sourceAddr ? submission : undefined;
  };

  const query = (esme: Esme, pdu: PduOf<'query_sm'>): void => {
    const { messageId, sourceAddr } = pdu.body;
    const id = messageIds.parse(messageId);
    const of = request('query', pdu.command, `smpp:${id ?? messageId}`);
    if (esme.stopped(pdu, of)) return;
    const told = (state: MessageState, finalDate: string): void => {
      const messageState = MESSAGE_STATES[state];
      const body = { messageId, finalDate, messageState, errorCode: 0 };
      esme.session.respond(pdu, COMMAND_STATUS.ESME_ROK, body);
      esme.answered(of, 'accepted', 'ESME_ROK');
    };
    if (find(messageId, sourceAddr) !== undefined) {
      told('ENROUTE', '');
      return;
    }
    const ended = id === undefined ? undefined : live.ended(id);
    if (ended?.sourceAddr === sourceAddr) {
      told(ended.state, absoluteTime(ended.doneMillis));
      return;
    }
    esme.session.respond(pdu, COMMAND_STATUS.ESME_RQUERYFAIL);
    esme.answered(of, 'rejected', 'ESME_RQUERYFAIL');
  };

  const cancel = (esme: Esme, pdu: PduOf<'cancel_sm'>): void => {
    const { messageId, sourceAddr, destinationAddr, serviceType } = pdu.body;
    // Without an id, all between these two (§4.9.1).
    const chosen =
      messageId === ''
        ? live.between(sourceAddr, destinationAddr, serviceType)
        : [find(messageId, sourceAddr)].filter((one) => one !== undefined);
    const [first] = chosen;
    const of = request('revoke', pdu.command, first?.wire ?? `smpp:${messageId}`);
    if (esme.stopped(pdu, of)) return;
    let cancelled = 0;
    for (const { item, wire, person } of chosen) {
      if (item === undefined) continue;
      const before = cancelItem(item);
      if (before) cancelled++;
      const cause = of.request;
      history.append({ kind: 'revoked', cause, wire, component: path, person, before });
    }
    const status = cancelled > 0 ? COMMAND_STATUS.ESME_ROK : COMMAND_STATUS.ESME_RCANCELFAIL;
    esme.session.respond(pdu, status);
    esme.answered(of, cancelled > 0 ? 'accepted' : 'rejected', statusName(status));
  };

  /** Takes it away without a receipt; false when the phone has it, or when it came in parts. */
  const withdraw = (submission: Submission, cause: number | undefined): boolean => {
    const { item, group, wire, person } = submission;
    if (item === undefined || group !== undefined) return false;
    live.drop(submission);
    if (!cancelItem(item)) {
      live.add(submission);
      return false;
    }
    history.append({
      kind: 'revoked',
      ...(cause === undefined ? {} : { cause }),
      wire,
      component: path,
      person,
      before: true,
    });
    return true;
  };

  const replace = (esme: Esme, pdu: PduOf<'replace_sm'>): void => {
    const { messageId, sourceAddr, shortMessage, registeredDelivery } = pdu.body;
    const old = find(messageId, sourceAddr);
    const before = old?.body;
    const key = old?.key ?? messageIds.parse(messageId) ?? messageId;
    const nth = ids.next('smpp-replace:').slice('smpp-replace:'.length);
    const wire = `smpp:${key}.r${nth}`;
    const body: MessageBody | undefined = before && {
      ...before,
      esmClass: before.esmClass & ~ESM_CLASS.udhi,
      scheduleDeliveryTime: pdu.body.scheduleDeliveryTime || before.scheduleDeliveryTime,
      validityPeriod: pdu.body.validityPeriod || before.validityPeriod,
      registeredDelivery,
      shortMessage,
    };
    const refuse = (of: Recorded, status: number, person?: string): void => {
      esme.session.respond(pdu, status);
      const { outcome, meaning } = refusalMeaning(status, path, person);
      esme.answered(of, outcome, statusName(status), meaning);
    };
    if (old === undefined || body === undefined) {
      const of = request('query', pdu.command, `smpp:${key}`);
      if (!esme.stopped(pdu, of)) refuse(of, COMMAND_STATUS.ESME_RREPLACEFAIL);
      return;
    }
    // For the world it is a message of its own: it takes the place of one that is taken back.
    const tlvs: readonly Tlv[] = pdu.tlvs;
    const entry = options.read(pdu.command, body, tlvs, key, wire);
    if (esme.stopped(pdu, entry)) return;
    if (entry.refused !== undefined) {
      refuse(entry, entry.refused);
      return;
    }
    if (!withdraw(old, entry.request)) {
      refuse(entry, COMMAND_STATUS.ESME_RREPLACEFAIL);
      return;
    }
    esme.session.respond(pdu, COMMAND_STATUS.ESME_ROK);
    esme.answered(entry, 'accepted', 'ESME_ROK');
    options.take(entry.keep());
  };

  return {
    query,
    cancel,
    replace,
    supersede: ({ body, key }) => {
      const { sourceAddr, destinationAddr, serviceType } = body;
      for (const one of live.between(sourceAddr, destinationAddr, serviceType)) {
        if (one.key !== key) withdraw(one, undefined);
      }
    },
  };
}
