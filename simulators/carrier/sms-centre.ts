/**
 * A carrier's SMS centre: an SMPP 3.4 door for applications, store and forward to phones, routing
 * to the recipient's home carrier, delivery receipts. Memory holds only what has not ended.
 */
import type { Duplex } from 'node:stream';
import type { Ambient } from '../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { CarrierPlan } from '../kernel/plan.ts';
import type { Target } from '../kernel/target.ts';
import type { Directory, SmsLine } from '../network/bearer.ts';
import type { Conditions } from '../network/conditions.ts';
import type { Tap } from '../network/tap.ts';
import type { StreamDoor } from '../network/wire.ts';
import { recordRefusedConnection } from '../network/refused-connection.ts';
import type { MessageState } from '../protocol/smpp/pdu.ts';
import type { SmppSession } from '../protocol/smpp/session.ts';
import { createDeliveryQueue } from './sms-centre-deliveries.ts';
import { acceptEsme } from './sms-centre-esme.ts';
import { createMessageIds } from './sms-centre-ids.ts';
import { hasLink } from './sms-centre-item.ts';
import type { SmsItem } from './sms-centre-item.ts';
import { createSmsLine } from './sms-centre-line.ts';
import { createLiveSubmissions } from './sms-centre-live.ts';
import { BROKEN_MICROS, busy } from './sms-centre-meanings.ts';
import { createOperations } from './sms-centre-operations.ts';
import { createPartStore, joinParts } from './sms-centre-parts.ts';
import type { Arrival } from './sms-centre-read.ts';
import { createReader } from './sms-centre-read.ts';
import { createReceiptFaults } from './sms-centre-receipt-faults.ts';
import { createReceipts } from './sms-centre-receipts.ts';
import { createReplies } from './sms-centre-replies.ts';
import type { TextFromPhone } from './sms-centre-replies.ts';
import { createSmsStore } from './sms-centre-store.ts';
import { createSubmit } from './sms-centre-submit.ts';
import { SubmittedSms } from './sms-centre-submitted.ts';
import type { Taker } from './sms-centre-submitted.ts';

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
  /**
   * The centre calls (§2.2.1): on this connection to an ESME it sends outbind and waits for the
   * bind.
   */
  outbind(stream: Duplex): void;
  /** Brings what a phone wrote to the ESME, as deliver_sm; kept until one is bound to receive. */
  deliverFromPhone(text: TextFromPhone): void;
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
  const messageIds = createMessageIds(carrier.smpp);
  const queue = createDeliveryQueue(path, ambient, conditions);
  const receiptFaults = createReceiptFaults(ambient.random.fork(`${path}/receipt-faults`));
  const receipts = createReceipts({
    path,
    carrier,
    ambient,
    ids: messageIds,
    faults: receiptFaults,
    queue,
  });
  const replies = createReplies(ambient, tap, queue);
  const boundNow = new Set<SmppSession>();
  /** On the way to their home centre. */
  const forwarding = new Set<SmsItem>();
  const live = createLiveSubmissions();
  const finish = (submission: Arrival, state: MessageState): void => {
    // What was replaced has no end of its own.
    if (live.get(submission.key) === undefined) return;
    live.end(submission.key, state, clock.epochMillis());
    receipts.ended(submission, state);
  };
  const taker: Taker = { waiting: (submission) => receipts.waiting(submission), finish };

  const parts = createPartStore<Arrival>(clock, ({ submissions }, why) => {
    for (const submission of submissions) {
      const { key, wire, person } = submission;
      if (why === 'full') {
        live.drop(key);
        history.append({ kind: 'lost', wire, component: path });
      } else {
        history.append({ kind: 'expired', wire, component: path, person });
        finish(submission, 'EXPIRED');
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
    forwarding.add(item);
    const [least, most] = carrier.delayMicros.sms;
    const go = (): void => {
      if (!forwarding.has(item)) return;
      const home = homeOf(item.person);
      if (!passed && home !== centre && conditions.state === 'down') {
        conditions.meet(item.message, item.wire);
        if (clock.now() < item.expiresAtMicros) {
          clock.after(PHONE_RETRY_MICROS, go);
          return;
        }
      }
      forwarding.delete(item);
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
    for (const { wire: parent } of submissions) {
      const hop = { kind: 'carried', wire, parent, from: path, to, channel } as const;
      history.append(message === undefined ? hop : { ...hop, message });
    }
    const now = clock.now();
    const item = new SubmittedSms(wire, submissions, last, text, channel, message, now, taker);
    for (const { key } of submissions) {
      const submission = live.get(key);
      if (submission !== undefined) submission.item = item;
    }
    replies.wrote(last.person, last.body);
    forward(item, last.delayMicros, true);
  };

  const take = (arrival: Arrival): void => {
    live.add(arrival);
    if (arrival.body.replaceIfPresentFlag === 1) operations.supersede(arrival);
    receipts.taken(arrival);
    if (arrival.group === undefined || arrival.part === undefined) {
      assemble([arrival], arrival.text);
      return;
    }
    const group = parts.add(arrival.group, arrival.part, arrival, arrival.validMicros);
    if (group === undefined) return;
    const inOrder = [...group.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    assemble(group.submissions, joinParts(inOrder));
  };

  const read = createReader({
    path,
    carrier,
    ambient,
    directory,
    tap,
    disclosureText: options.disclosureText,
    before: (group) => parts.peek(group),
  });
  const submit = createSubmit({
    path,
    carrier,
    ambient,
    messageIds,
    conditions,
    read,
    size: () => store.size + forwarding.size,
    take,
    lost: (arrival) => receipts.taken(arrival),
  });

  /** True when the message had not been given to the phone. */
  const cancelItem = (item: SmsItem): boolean => {
    if (forwarding.delete(item)) {
      item.ended('cancelled');
      return true;
    }
    return store.cancel(item.wire);
  };

  const operations = createOperations({
    path,
    ambient,
    messageIds,
    live,
    cancelItem,
    read,
    take,
  });

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

  const accept = (stream: Duplex): SmppSession => {
    const { session } = acceptEsme({
      path,
      ambient,
      conditions,
      credentials,
      perSecond: carrier.smsPerSecond,
      smpp: carrier.smpp,
      stream,
      handlers: {
        submit,
        query: operations.query,
        cancel: operations.cancel,
        replace: operations.replace,
        mayBind: () => boundNow.size < (carrier.smpp?.binds ?? Infinity),
        bound: (own) => void boundNow.add(own),
        receiving: (own) => queue.bound(own),
        closed: (own) => {
          esmes.delete(own);
          boundNow.delete(own);
          queue.closed(own);
        },
      },
    });
    esmes.add(session);
    return session;
  };

  conditions.onChange(() => {
    if (!conditions.refusing) return;
    for (const session of esmes) session.destroy();
  });

  const centre: SmsCentre = {
    path,
    credentials,
    target: {
      path,
      kind: 'carrier-sms',
      verbs: { ...conditions.verbs, ...receiptFaults.verbs },
    },
    door: {
      accepts: () => {
        if (conditions.accepts()) return true;
        recordRefusedConnection(ambient, path, busy(path, BROKEN_MICROS));
        return false;
      },
      connected: (stream) => void accept(stream),
    },
    outbind: (stream) => {
      accept(stream).notify('outbind', credentials);
    },
    deliverFromPhone: replies.bring,
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
      ...[...forwarding].map(({ wire }) => `${path}: ${wire}`),
      ...store.unfinished(),
      ...queue.unfinished(),
      ...receipts.unfinished(),
    ],
  };
  return centre;
}
