/**
 * A carrier's MMS centre: MM1 towards its own phones as OMA-TS-MMS_ENC-V1_3 has it (m-send.req over
 * HTTP POST, notification by WAP push, m-retrieve.conf over HTTP GET, acknowledgement, delivery and
 * read reports), and between centres a plain hand-over in place of MM4 (3GPP TS 23.140 §8.4: SMTP).
 * Nothing is kept of what has ended.
 */
import type { Ambient } from '../../kernel/ambient.ts';
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { CarrierPlan, MmsPlan } from '../../kernel/plan.ts';
import type { Target } from '../../kernel/target.ts';
import type { Directory, MmsLine, SmsLine } from '../../network/bearer.ts';
import type { Conditions } from '../../network/conditions.ts';
import type { Tap } from '../../network/tap.ts';
import type { HttpDoor, WireRequest, WireResponse } from '../../network/wire.ts';
import type { MmsStatus } from '../../protocol/mms/assignments.ts';
import { CALLER_HEADER, MMS_MESSAGE, VERSION_1_3 } from '../../protocol/mms/assignments.ts';
import { mmsAddress, numberOf } from '../../protocol/mms/message.ts';
import type { MmsPdu } from '../../protocol/mms/pdu.ts';
import { decodeMms, encodeMms } from '../../protocol/mms/pdu.ts';
import { writeMmsPush } from '../../protocol/mms/wap-push.ts';
import type { About } from './door.ts';
import { gatewayItem } from './from-gateway.ts';
import { createMmsDoor, empty } from './door.ts';
import type { MmsItem, StoredMms } from './item.ts';
import { plannedMessage, recipientsOf, refusalOf, retrieveConf } from './submission.ts';

export interface MmsCentreOptions {
  readonly carrier: CarrierPlan;
  readonly mms: MmsPlan;
  readonly ambient: Ambient;
  readonly directory: Directory;
  /** Of `carrier/<name>/mms`. */
  readonly conditions: Conditions;
  /** Observer `carrier`. */
  readonly tap: Tap;
  /** The same carrier's SMS centre, which brings the pushes. */
  readonly sms: SmsLine;
  /** The MMS centre of another carrier. */
  readonly routeTo: (carrier: string) => MmsCentre | undefined;
}

export interface MmsCentre {
  readonly path: string;
  readonly target: Target;
  readonly door: HttpDoor;
  readonly line: MmsLine;
  /** Where the door is to be found, once it is: `http://…`. */
  listening(url: string): void;
  /** From another centre, or its own, for one of this carrier's people. */
  accept(item: MmsItem, from: string): void;
  /** A PDU for the phone of one of this carrier's people, by WAP push. */
  push(pdu: MmsPdu, to: { person: string; wire: string; message?: string }): void;
  unfinished(): string[];
}

const MMSC_PATH = '/mmsc';
const RETRY_MICROS = 5 * MICROS_PER_SECOND;
/** Submissions whose repetition is known. */
const REMEMBERED = 10_000;
const REFERENCES = 256;

function answerPdu(pdu: MmsPdu): WireResponse {
  return { status: 200, headers: { 'content-type': MMS_MESSAGE }, body: encodeMms(pdu) };
}

export function createMmsCentre(options: MmsCentreOptions): MmsCentre {
  const { carrier, mms, ambient, directory, conditions, tap, sms, routeTo } = options;
  const { clock, history, ids, index } = ambient;
  const path = `carrier/${carrier.name}/mms`;
  const random = ambient.random.fork(path);
  const forwarding = new Set<MmsItem>();
  const byKey = new Map<string, StoredMms>();
  const byWire = new Map<string, StoredMms>();
  /** Sender and transaction id → what was answered: a phone repeats what it had no answer to. */
  const answers = new Map<string, WireResponse>();
  let reference = 0;
  let url = '';

  const delay = (): number => random.int(...mms.delayMicros);
  const nowSeconds = (): number => Math.floor(clock.epochMillis() / 1_000);
  const centreOf = (msisdn: string): MmsCentre | undefined => {
    const home = directory.byMsisdn(msisdn)?.plan.carrier;
    if (home === carrier.name) return centre;
    return home === undefined ? undefined : routeTo(home);
  };

  const push: MmsCentre['push'] = (pdu, { person, wire, message }) => {
    reference = (reference + 1) % REFERENCES;
    sms.submit({
      wire,
      via: path,
      from: path,
      person,
      text: '',
      wapPush: writeMmsPush(encodeMms(pdu), reference),
      validMicros: carrier.storeMicros,
      ended: () => {},
      ...(message !== undefined && { message }),
    });
  };

  /** Tells the sender's phone, where it asked for that. */
  const report = (item: Omit<MmsItem, 'bytes' | 'expiresAtMicros'>, status: MmsStatus): void => {
    const { ended } = item;
    if (ended !== undefined) {
      clock.after(delay(), () => ended(status));
      return;
    }
    if (item.sent.deliveryReport !== true) return;
    const sender = directory.byMsisdn(item.from);
    const home = centreOf(item.from);
    if (sender === undefined || home === undefined) return;
    const to = { person: sender.plan.id, wire: ids.next('mms-report:') };
    const date = nowSeconds();
    const told = { messageId: item.messageId, to: [mmsAddress(item.to)], date, status } as const;
    clock.after(delay(), () =>
      home.push({ type: 'm-delivery-ind', version: VERSION_1_3, ...told }, to),
    );
  };

  const finish = (stored: StoredMms, status: MmsStatus): void => {
    if (stored.over) return;
    stored.over = true;
    stored.expiry?.cancel();
    byKey.delete(stored.key);
    byWire.delete(stored.item.wire);
    report(stored.item, status);
  };

  const notify = ({ item, key }: StoredMms): void => {
    const { wire, person, message, sent } = item;
    const left = Math.max(0, item.expiresAtMicros - clock.now());
    push(
      {
        type: 'm-notification-ind',
        transactionId: wire,
        version: VERSION_1_3,
        from: mmsAddress(item.from),
        messageClass: sent.messageClass ?? 'personal',
        messageSize: item.bytes,
        expiry: { relativeSeconds: Math.floor(left / MICROS_PER_SECOND) },
        contentLocation: `${url}${MMSC_PATH}/${key}`,
      },
      { person, wire, ...(message !== undefined && { message }) },
    );
  };

  const keep = (item: MmsItem): void => {
    const { wire, person } = item;
    const key = Buffer.from(random.bytes(16)).toString('hex');
    const octets = encodeMms(retrieveConf(item, nowSeconds()));
    const stored: StoredMms = { item, key, octets, over: false, expiry: undefined };
    byKey.set(key, stored);
    byWire.set(wire, stored);
    history.append({ kind: 'stored', wire, component: path, person });
    const expire = (): void => {
      if (stored.over) return;
      history.append({ kind: 'expired', wire, component: path, person });
      finish(stored, 'expired');
    };
    const left = Math.max(0, item.expiresAtMicros - clock.now());
    stored.expiry = clock.after(left, expire, { daemon: true });
    notify(stored);
  };

  /** Held while this centre does not serve; what another centre sends is asked for again. */
  const arrive = (item: MmsItem, scan: boolean): void => {
    if (clock.now() >= item.expiresAtMicros) {
      forwarding.delete(item);
      history.append({ kind: 'expired', wire: item.wire, component: path, person: item.person });
      report(item, 'expired');
      return;
    }
    const treatment = scan ? conditions.meet(item.message, item.wire) : undefined;
    if (treatment?.kind === 'answer-then-lose') {
      forwarding.delete(item);
      history.append({ kind: 'lost', wire: item.wire, component: path });
      return;
    }
    const open = treatment === undefined ? conditions.state !== 'down' : treatment.kind === 'serve';
    if (!open && treatment?.kind !== 'serve-then-drop-answer') {
      const left = item.expiresAtMicros - clock.now();
      clock.after(Math.min(RETRY_MICROS, left), () => arrive(item, scan));
      return;
    }
    if (scan) tap.scan(encodeMms(item.sent), { channel: 'mms', wire: item.wire });
    clock.after(treatment?.delayMicros ?? 0, () => {
      forwarding.delete(item);
      keep(item);
    });
  };

  const forwardTo = (address: string, rest: Omit<MmsItem, 'wire' | 'person' | 'to'>): void => {
    const to = numberOf(address) ?? address;
    const person = directory.byMsisdn(to)?.plan.id;
    const home = centreOf(to);
    const wire = ids.next('mms:');
    if (person === undefined || home === undefined) {
      report({ ...rest, wire, person: '', to }, 'unreachable');
      return;
    }
    const { parent, message } = rest;
    history.append({
      kind: 'carried',
      wire,
      parent,
      from: path,
      to: home.path,
      channel: 'mms',
      ...(message !== undefined && { message }),
    });
    const item: MmsItem = { ...rest, wire, person, to };
    forwarding.add(item);
    clock.after(delay(), () => {
      forwarding.delete(item);
      home.accept(item, path);
    });
  };

  const fromGateway: MmsLine['submit'] = (mms) => {
    const to = directory.byId(mms.person)?.plan.msisdn;
    const life = Math.min(carrier.storeMicros, mms.validMicros);
    const item =
      to === undefined
        ? undefined
        : gatewayItem(mms, {
            wire: ids.next('mms:'),
            messageId: `${ids.next('mm7:')}@${carrier.name}`,
            to,
            maxBytes: options.mms.maxBytes,
            expiresAtMicros: clock.now() + life,
          });
    if (item === undefined) return false;
    const { wire, parent, message } = item;
    const known = message === undefined ? {} : { message };
    const channel = 'mms';
    history.append({ kind: 'carried', wire, parent, from: mms.via, to: path, channel, ...known });
    forwarding.add(item);
    clock.after(delay(), () => arrive(item, true));
    return true;
  };

  const submit = (body: Uint8Array, caller: string, lost: boolean): WireResponse => {
    const read = decodeMms(body);
    const { transactionId = '0' } = read.kind === 'pdu' ? read.pdu : read;
    const key = `${caller} ${transactionId}`;
    const before = answers.get(key);
    if (before !== undefined) return before;
    const conf = { type: 'm-send-conf', transactionId, version: VERSION_1_3 } as const;
    const refusal = refusalOf(read, body.length, mms.maxBytes);
    if (refusal !== undefined || read.kind === 'refused') {
      const { status: responseStatus, reason: responseText } = refusal!;
      return answerPdu({ ...conf, responseStatus, responseText });
    }
    const { pdu } = read;
    const parent = transactionId;
    const message = tap.scan(body, { channel: 'mms', wire: parent })[0]?.message;
    const messageId = `${ids.next('mm1:')}@${carrier.name}`;
    const answer = answerPdu({ ...conf, messageId, responseStatus: 'ok' });
    for (const oldest of answers.keys()) {
      if (answers.size < REMEMBERED) break;
      answers.delete(oldest);
    }
    answers.set(key, answer);
    if (lost) {
      history.append({ kind: 'lost', wire: parent, component: path });
      return answer;
    }
    const asked = pdu.expiry;
    const now = clock.now();
    const relative =
      asked === undefined
        ? Infinity
        : 'relativeSeconds' in asked
          ? asked.relativeSeconds
          : asked.atSeconds - nowSeconds();
    const life = Math.min(carrier.storeMicros, relative * MICROS_PER_SECOND);
    const rest = {
      parent,
      messageId,
      from: caller,
      sent: { ...pdu, from: mmsAddress(caller) },
      bytes: body.length,
      message,
      expiresAtMicros: now + life,
    };
    for (const address of recipientsOf(pdu)) forwardTo(address, rest);
    return answer;
  };

  const readReport = ({ messageId, to, readStatus }: MmsPdu, caller: string): WireResponse => {
    const sender = numberOf(to?.[0] ?? '') ?? '';
    const person = directory.byMsisdn(sender)?.plan.id;
    const home = centreOf(sender);
    if (person === undefined || home === undefined || messageId === undefined) return empty(200);
    const told = { messageId, to: [mmsAddress(sender)], from: mmsAddress(caller) };
    const status = { date: nowSeconds(), readStatus: readStatus ?? 'read' } as const;
    const wire = ids.next('mms-report:');
    clock.after(delay(), () =>
      home.push(
        { type: 'm-read-orig-ind', version: VERSION_1_3, ...told, ...status },
        { person, wire },
      ),
    );
    return empty(200);
  };

  const ended = ({ transactionId, status }: MmsPdu, caller: string): WireResponse => {
    const stored = byWire.get(transactionId ?? '');
    if (stored?.item.to !== caller) return empty(200);
    if (status === undefined || status === 'retrieved') finish(stored, 'retrieved');
    else if (status === 'rejected') finish(stored, 'rejected');
    return empty(200);
  };

  const post = (body: Uint8Array, caller: string, lost: boolean): WireResponse => {
    const read = decodeMms(body);
    if (read.kind === 'refused') return submit(body, caller, lost);
    switch (read.pdu.type) {
      case 'm-send-req':
        return submit(body, caller, lost);
      case 'm-notifyresp-ind':
      case 'm-acknowledge-ind':
        return ended(read.pdu, caller);
      case 'm-read-rec-ind':
        return readReport(read.pdu, caller);
      default:
        return empty(400);
    }
  };

  const fetched = (request: WireRequest, caller: string): WireResponse => {
    const stored = byKey.get(request.path.slice(MMSC_PATH.length + 1));
    if (stored === undefined) {
      const told = { retrieveStatus: 'error-permanent-message-not-found' } as const;
      const date = nowSeconds();
      return answerPdu({ type: 'm-retrieve-conf', version: VERSION_1_3, date, ...told });
    }
    if (stored.item.to !== caller) return empty(403);
    return { status: 200, headers: { 'content-type': MMS_MESSAGE }, body: stored.octets };
  };

  const serve = (request: WireRequest, lost: boolean): WireResponse => {
    const caller = request.headers[CALLER_HEADER] ?? '';
    if (directory.byMsisdn(caller)?.plan.carrier !== carrier.name) return empty(403);
    if (request.method === 'GET') return fetched(request, caller);
    if (request.method !== 'POST' || request.path !== MMSC_PATH) return empty(404);
    return post(request.body, caller, lost);
  };

  /** Which planned message a request is about, and its wire: for faults that hit some only. */
  const about = ({ path: asked, body }: WireRequest): About => {
    const stored = byKey.get(asked.slice(MMSC_PATH.length + 1));
    if (stored !== undefined) {
      const { message, wire } = stored.item;
      return { wire, message };
    }
    const read = decodeMms(body);
    if (read.kind === 'refused') return {};
    const message = plannedMessage(read.pdu, index)?.message;
    return { wire: read.pdu.transactionId, message };
  };

  const centre: MmsCentre = {
    path,
    target: {
      path,
      kind: 'carrier-mms',
      verbs: conditions.verbs,
    },
    door: createMmsDoor({ conditions, clock, serve, about }),
    line: {
      path,
      get url() {
        return `${url}${MMSC_PATH}`;
      },
      maxBytes: mms.maxBytes,
      submit: fromGateway,
    },
    listening: (told) => {
      url = told;
    },
    accept: (item, from) => {
      forwarding.add(item);
      arrive(item, from !== path);
    },
    push,
    unfinished: () => [...forwarding].map(({ wire }) => `${path}: ${wire}`),
  };
  return centre;
}
