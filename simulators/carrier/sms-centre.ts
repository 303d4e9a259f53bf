/**
 * A carrier's SMS centre: an SMPP 3.4 door for applications, store and forward to phones, routing
 * to the recipient's home carrier, delivery receipts. Memory holds only what has not ended.
 */
import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Target } from '../kernel/target.ts';
import type { Directory, SmsLine } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';
import type { Tap } from '../network/tap.ts';
import type { StreamDoor } from '../network/wire.ts';
import type { MessageState, PduOf } from '../protocol/smpp/pdu.ts';
import { MESSAGE_STATES } from '../protocol/smpp/pdu.ts';
import type { SmppSession } from '../protocol/smpp/session.ts';
import { COMMAND_STATUS } from '../protocol/smpp/status.ts';
import type { Esme } from './sms-centre-esme.ts';
import { acceptEsme } from './sms-centre-esme.ts';
import { hasLink } from './sms-centre-item.ts';
import type { SmsEnd, SmsItem } from './sms-centre-item.ts';
import { createSmsLine } from './sms-centre-line.ts';
import { BROKEN_MICROS, busy } from './sms-centre-meanings.ts';
import { createPartStore, joinParts } from './sms-centre-parts.ts';
import { createReceiptQueue } from './sms-centre-receipts.ts';
import { createSmsStore } from './sms-centre-store.ts';
import type { Arrival } from './sms-centre-submit.ts';
import { createSubmit } from './sms-centre-submit.ts';

export interface SmsCentreOptions {
  readonly carrier: CarrierPlan;
  readonly ambient: Ambient;
  readonly directory: Directory;
  /** Of `carrier/<name>/sms`. */
  readonly conditions: Conditions;
  /** Observer `smsc`. */
  readonly tap: Tap;
  /** The policy's disclosure sentence; '' when it has none. */
  readonly disclosureText: string;
  /** The centre of another carrier. */
  routeTo(carrier: string): SmsCentre | undefined;
}

/** A text from a phone (SMS-SUBMIT). The phone has recorded its `carried` to this centre. */
export interface PhoneText {
  readonly wire: string;
  /** msisdn */
  readonly from: string;
  /** msisdn */
  readonly to: string;
  readonly text: string;
  readonly message: string | undefined;
}

export interface SmsCentre {
  /** `carrier/<name>/sms` */
  readonly path: string;
  readonly target: Target;
  readonly door: StreamDoor;
  readonly credentials: { readonly systemId: string; readonly password: string };
  /** False when the number is nobody's. */
  submitFromPhone(text: PhoneText): boolean;
  /** As gateways use it. */
  readonly line: SmsLine;
  /** A message from another centre, for one of this carrier's people. */
  accept(item: SmsItem): void;
  unfinished(): string[];
}

/** How often a phone's text is tried again while its own centre is down. */
const PHONE_RETRY_MICROS = 5 * MICROS_PER_SECOND;

const STATE_OF_END: Readonly<Record<SmsEnd, MessageState>> = {
  delivered: 'DELIVERED',
  failed: 'UNDELIVERABLE',
  expired: 'EXPIRED',
  cancelled: 'DELETED',
};

export function createSmsCentre(options: SmsCentreOptions): SmsCentre {
  const { carrier, ambient, directory, conditions, tap } = options;
  const { clock, history, ids } = ambient;
  const path = `carrier/${carrier.name}/sms`;
  const random = ambient.random.fork(path);
  const credentials = {
    systemId: 'bellwether',
    password: Buffer.from(random.bytes(4)).toString('hex'),
  };
  const esmes = new Set<SmppSession>();
  const store = createSmsStore({ path, carrier, ambient, directory, conditions });
  const receipts = createReceiptQueue(path, ambient, conditions);
  /** On the way to their home centre. */
  const forwarding = new Map<string, SmsItem>();
  /**
   * Accepted submissions whose message has not ended: message id → the message, once it is whole.
   */
  const live = new Map<string, { item: SmsItem | undefined }>();

  const parts = createPartStore<Arrival>(clock, ({ submissions }, why) => {
    for (const submission of submissions) {
      const { messageId, person } = submission;
      const wire = `smpp:${messageId}`;
      live.delete(messageId);
      if (why === 'full') {
        history.append({ kind: 'lost', wire, component: path });
      } else {
        history.append({ kind: 'expired', wire, component: path, person });
        receipts.add(submission, 'EXPIRED');
      }
    }
  });

  const homeOf = (person: string): SmsCentre | undefined => {
    const home = directory.byId(person)?.plan.carrier;
    if (home === carrier.name) return centre;
    return home === undefined ? undefined : options.routeTo(home);
  };

  /** Through this centre to the recipient's. `passed`: the conditions have been met for it. */
  const forward = (item: SmsItem, waitMicros: number, passed: boolean): void => {
    forwarding.set(item.wire, item);
    const [least, most] = carrier.delayMicros.sms;
    const go = (): void => {
      if (!forwarding.has(item.wire)) return;
      const home = homeOf(item.person);
      if (!passed && home !== centre && conditions.state === 'down') {
        conditions.meet(item.message, item.wire);
        if (clock.now() < item.expiresAtMicros) {
          clock.after(PHONE_RETRY_MICROS, go);
          return;
        }
      }
      forwarding.delete(item.wire);
      if (home === undefined) item.ended('failed');
      else if (home === centre) store.take(item, passed);
      else home.accept(item);
    };
    const delayMicros = waitMicros + random.int(least, most);
    if (delayMicros === 0) go();
    else clock.after(delayMicros, go);
  };

  /** One message of one or more submissions. */
  const assemble = (submissions: readonly Arrival[], text: string): void => {
    const last = submissions.at(-1);
    if (last === undefined) return;
    const wire = ids.next('sms:');
    const several = submissions.length > 1;
    const found = several ? tap.scan(text, { wire, channel: 'sms' })[0]?.message : undefined;
    const message = found ?? submissions.find((one) => one.message !== undefined)?.message;
    const link = message === undefined && hasLink(text);
    const channel = link ? 'secure-link' : 'sms';
    const to = homeOf(last.person)?.path ?? path;
    for (const { messageId } of submissions) {
      const of = message === undefined ? {} : { message };
      const parent = `smpp:${messageId}`;
      history.append({ kind: 'carried', wire, parent, from: path, to, channel, ...of });
    }
    const item: SmsItem = {
      wire,
      parent: `smpp:${last.messageId}`,
      from: last.body.sourceAddr,
      person: last.person,
      text,
      channel,
      message,
      expiresAtMicros: clock.now() + last.delayMicros + last.validMicros,
      ended: (end) => {
        for (const submission of submissions) {
          live.delete(submission.messageId);
          receipts.add(submission, STATE_OF_END[end]);
        }
      },
    };
    for (const { messageId } of submissions) live.set(messageId, { item });
    forward(item, last.delayMicros, true);
  };

  const take = (arrival: Arrival): void => {
    live.set(arrival.messageId, { item: undefined });
    if (arrival.group === undefined) {
      assemble([arrival], arrival.part.text);
      return;
    }
    const group = parts.add(arrival.group, arrival.part, arrival, arrival.validMicros);
    if (group === undefined) return;
    const inOrder = [...group.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    assemble(group.submissions, joinParts(inOrder));
  };

  const submit = createSubmit({
    path,
    carrier,
    ambient,
    directory,
    conditions,
    tap,
    disclosureText: options.disclosureText,
    size: () => store.size + forwarding.size,
    before: (group) => parts.peek(group),
    take,
  });

  const recordRequest = (operation: 'query' | 'revoke', what: string, wire: string): number =>
    history.append({ kind: 'door.request', component: path, operation, what, wire });

  const query = (esme: Esme, pdu: PduOf<'query_sm'>): void => {
    const { messageId } = pdu.body;
    const wire = `smpp:${messageId}`;
    const of = { request: recordRequest('query', pdu.command, wire), wire };
    if (!live.has(messageId)) {
      esme.session.respond(pdu, COMMAND_STATUS.ESME_RQUERYFAIL);
      esme.answered(of, 'rejected', 'ESME_RQUERYFAIL');
      return;
    }
    const messageState = MESSAGE_STATES.ENROUTE;
    const body = { messageId, finalDate: '', messageState, errorCode: 0 };
    esme.session.respond(pdu, COMMAND_STATUS.ESME_ROK, body);
    esme.answered(of, 'accepted', 'ESME_ROK');
  };

  /** True when the message had not been given to the phone. */
  const cancelItem = (item: SmsItem): boolean => {
    if (forwarding.delete(item.wire)) {
      item.ended('cancelled');
      return true;
    }
    return store.cancel(item.wire);
  };

  const cancel = (esme: Esme, pdu: PduOf<'cancel_sm'>): void => {
    const { messageId } = pdu.body;
    const wire = `smpp:${messageId}`;
    const of = { request: recordRequest('revoke', pdu.command, wire), wire };
    const item = live.get(messageId)?.item;
    const before = item !== undefined && cancelItem(item);
    if (item !== undefined) {
      const { person } = item;
      history.append({ kind: 'revoked', cause: of.request, wire, component: path, person, before });
    }
    const status = before ? COMMAND_STATUS.ESME_ROK : COMMAND_STATUS.ESME_RCANCELFAIL;
    esme.session.respond(pdu, status);
    esme.answered(of, before ? 'accepted' : 'rejected', before ? 'ESME_ROK' : 'ESME_RCANCELFAIL');
  };

  const line = createSmsLine({
    path,
    carrier,
    ambient,
    conditions,
    tap,
    homeOf: (person) => homeOf(person)?.path ?? path,
    forward: (item) => forward(item, 0, false),
    cancel: cancelItem,
  });

  conditions.onChange(() => {
    if (!conditions.refusing) return;
    for (const session of esmes) session.destroy();
  });

  const centre: SmsCentre = {
    path,
    credentials,
    target: { path, kind: 'carrier-sms', verbs: conditions.verbs },
    door: {
      accepts: () => {
        if (conditions.accepts()) return true;
        const what = 'connect';
        const request = history.append({
          kind: 'door.request',
          component: path,
          operation: 'connect',
          what,
        });
        history.append({
          kind: 'door.answered',
          cause: request,
          request,
          outcome: 'refused-connection',
          status: 'connection refused',
          meaning: busy(path, BROKEN_MICROS),
          handedAt: clock.now(),
        });
        return false;
      },
      connected: (stream) => {
        const { session } = acceptEsme({
          path,
          ambient,
          conditions,
          credentials,
          perSecond: carrier.smsPerSecond,
          stream,
          handlers: {
            submit,
            query,
            cancel,
            receiving: (own) => receipts.bound(own),
            closed: (own) => {
              esmes.delete(own);
              receipts.closed(own);
            },
          },
        });
        esmes.add(session);
      },
    },
    submitFromPhone: ({ wire: parent, from, to, text, message }) => {
      const subscriber = directory.byMsisdn(to);
      if (subscriber === undefined) return false;
      const wire = ids.next('sms:');
      const person = subscriber.plan.id;
      const known = tap.scan(text, { wire: parent, channel: 'sms' })[0]?.message ?? message;
      history.append({
        kind: 'carried',
        wire,
        parent,
        from: path,
        to: homeOf(person)?.path ?? path,
        channel: 'sms',
        ...(known === undefined ? {} : { message: known }),
      });
      const expiresAtMicros = clock.now() + carrier.storeMicros;
      const item: SmsItem = {
        wire,
        parent,
        from,
        person,
        text,
        channel: 'sms',
        message: known,
        expiresAtMicros,
        ended: () => {},
      };
      forward(item, 0, false);
      return true;
    },
    accept: (item) => store.take(item, false),
    line,
    unfinished: () => [
      ...(line.waiting === 0 ? [] : [`${path}: ${line.waiting} texts of phones`]),
      ...[...forwarding.keys()].map((wire) => `${path}: ${wire}`),
      ...store.unfinished(),
      ...receipts.unfinished(),
    ],
  };
  return centre;
}
