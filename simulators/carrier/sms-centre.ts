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
import type { SteppedTap } from '../network/tap.ts';
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
import { createLostParts } from './sms-centre-lost-parts.ts';
import { BROKEN_MICROS, busy } from './sms-centre-meanings.ts';
import { createOperations } from './sms-centre-operations.ts';
import { createPartStore, joinParts } from './sms-centre-parts.ts';
import { createReader } from './sms-centre-read.ts';
import { createReceiptFaults } from './sms-centre-receipt-faults.ts';
import { createReceipts } from './sms-centre-receipts.ts';
import { InOrder } from '../kernel/in-order.ts';
import { createReplies } from './sms-centre-replies.ts';
import type { TextFromPhone } from './sms-centre-replies.ts';
import { createSmsStore } from './sms-centre-store.ts';
import type { Submission } from './sms-centre-submission.ts';
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
  readonly tap: SteppedTap;
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
  const forwarding = new InOrder<SmsItem>();
  const live = createLiveSubmissions();
  const finish = (submission: Submission, state: MessageState): void => {
    // What was replaced has no end of its own.
    if (live.end(submission, state, clock.epochMillis())) receipts.ended(submission, state);
  };
  const taker: Taker = { waiting: (submission) => receipts.waiting(submission), finish };

  const parts = createPartStore<Submission>(clock, ({ submissions }, why) => {
    for (const submission of submissions) {
      const { wire, person } = submission;
      if (why === 'full') {
        live.drop(submission);
        history.append({ kind: 'lost', wire, component: path });
      } else {
        history.append({ kind: 'expired', wire, component: path, person });
        finish(submission, 'EXPIRED');
      }
    }
  });

  const lostParts = createLostParts();

  const homeOf = (person: string): SmsCentre | undefined => {
    const home = directory.byId(person)?.plan.carrier;
    if (home === carrier.name) return centre;
    return home === undefined ? undefined : options.routeTo(home);
  };

  /** `passed`: the conditions have been met for it. */
  const arrive = (item: SmsItem, passed: boolean): void => {
    if (!forwarding.has(item)) return;
    const home = homeOf(item.person);
    if (!passed && home !== centre && conditions.state === 'down') {
      conditions.meet(item.message, item.wire);
      if (clock.now() < item.expiresAtMicros) {
        clock.after(PHONE_RETRY_MICROS, () => arrive(item, passed));
        return;
      }
    }
    forwarding.delete(item);
    if (home === undefined) item.ended('failed');
    else if (home === centre) store.take(item, passed);
    else home.accept(item);
  };

  /** Through this centre to the recipient's. */
  const forward = (item: SmsItem, waitMicros: number, passed: boolean): void => {
    forwarding.add(item);
    const [least, most] = carrier.delayMicros.sms;
    const delayMicros = waitMicros + random.int(least, most);
    if (delayMicros === 0) arrive(item, passed);
    else clock.after(delayMicros, () => arrive(item, passed));
  };

  /** How long the carrier keeps it, from when it may be delivered. */
  const validFor = ({ validMicros }: Submission): number =>
    Math.min(validMicros ?? carrier.storeMicros, carrier.storeMicros);

  /** `several`: the submissions that make it up, where there is more than the last one. */
  const send = (text: string, last: Submission, several?: readonly Submission[]): void => {
    const wire = ids.next('sms:');
    const found = several && tap.scan(text, { wire, channel: 'sms' })[0]?.message;
    const known = several?.find((one) => one.message !== undefined) ?? last;
    const message = found ?? known.message;
    const link = message === undefined && hasLink(text);
    const channel = link ? 'secure-link' : 'sms';
    const to = homeOf(last.person)?.path ?? path;
    const carry = (parent: string): void => {
      const hop = { kind: 'carried', wire, parent, from: path, to, channel } as const;
      history.append(message === undefined ? hop : { ...hop, message });
    };
    if (several === undefined) carry(last.wire);
    else for (const one of several) carry(one.wire);
    const { delayMicros } = last;
    const expiresAtMicros = clock.now() + delayMicros + validFor(last);
    const whole = { wire, text, channel, message, expiresAtMicros } as const;
    const item = new SubmittedSms(whole, last, several, taker);
    if (several === undefined) last.item = item;
    else for (const one of several) if (live.has(one)) one.item = item;
    replies.wrote(last.person, last.body);
    forward(item, delayMicros, true);
  };

  const take = (submission: Submission): void => {
    live.add(submission);
    if (submission.body.replaceIfPresentFlag === 1) operations.supersede(submission);
    receipts.taken(submission);
    const { group: name, part, text } = submission;
    if (name === undefined || part === undefined) {
      send(text, submission);
      return;
    }
    const group = parts.add(name, part, submission, validFor(submission));
    if (group === undefined) return;
    const inOrder = [...group.parts].sort(([a], [b]) => a - b).map(([, one]) => one);
    send(joinParts(inOrder), submission, group.submissions);
  };

  const read = createReader({
    path,
    ambient,
    directory,
    tap,
    disclosureText: options.disclosureText,
    before: (group) => parts.peek(group),
    lostBefore: lostParts.before,
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
    lost: (submission) => {
      lostParts.add(submission);
      receipts.taken(submission);
    },
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
        before: undefined,
        after: undefined,
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
