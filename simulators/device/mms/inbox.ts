/** What WAP push brings a phone: that a message lies at its centre, and what became of its own. */
import type { Receipts, WapPush } from '../../network/bearer.ts';
import { SMIL, VERSION_1_3 } from '../../protocol/mms/assignments.ts';
import { mmsAddress, numberOf, readMmsParts } from '../../protocol/mms/message.ts';
import type { MmsFile } from '../../protocol/mms/message.ts';
import type { MmsPdu } from '../../protocol/mms/pdu.ts';
import { decodeMms } from '../../protocol/mms/pdu.ts';
import { readMmsPush } from '../../protocol/mms/wap-push.ts';
import { keyOf } from '../conversation-group.ts';
import type { Shown } from '../display.ts';
import { display, notify, recordReceived } from '../display.ts';
import { visitLink } from '../link-visit.ts';
import type { Phone } from '../phone.ts';
import { firstUrl, readMessage } from '../sight.ts';
import { hear, letsKnow, sendReceipt } from '../talk/screen.ts';
import { sendText } from '../talk/text.ts';
import { bytesOf, callCentre, tellCentre } from './line.ts';

/** One message that lies at the centre. */
interface Notice {
  readonly wire: string;
  readonly transactionId: string;
  readonly url: string;
  readonly message: string | undefined;
}

export function receiveMmsPush(phone: Phone, push: WapPush, receipts: Receipts): void {
  receipts.delivered(phone.path);
  const read = readMmsPush(push.messages);
  // What is no push of MMS shows nothing on a phone.
  if (read.kind === 'refused') return;
  const decoded = decodeMms(read.body);
  if (decoded.kind === 'refused') return;
  const { pdu } = decoded;
  switch (pdu.type) {
    case 'm-notification-ind':
      return notified(phone, pdu, push.message);
    case 'm-delivery-ind':
      return reported(phone, pdu, pdu.status ?? 'indeterminate', pdu.to?.[0]);
    case 'm-read-orig-ind':
      return reported(phone, pdu, pdu.readStatus ?? 'read', pdu.from ?? undefined);
    default:
  }
}

function personOf(phone: Phone, address: string | null | undefined): string | undefined {
  const number = numberOf(address ?? '');
  return number === undefined ? undefined : phone.context.lines.ownerOfNumber(number)?.plan.id;
}

function notified(phone: Phone, pdu: MmsPdu, message: string | undefined): void {
  const { transactionId = '', contentLocation: url = '', messageSize: bytes = 0 } = pdu;
  const notice: Notice = { wire: transactionId, transactionId, url, message };
  const { history } = phone.context.ambient;
  history.append({ kind: 'mms.notified', ...placeOf(phone, notice), bytes });
  fetchIt(phone, notice);
}

function placeOf(phone: Phone, { wire, message }: Pick<Notice, 'wire' | 'message'>) {
  const known = message === undefined ? {} : { message };
  return { device: phone.path, person: phone.person, wire, ...known };
}

/** At once; where that fails, the centre is told that it comes later (deferred retrieval). */
function fetchIt(phone: Phone, notice: Notice): void {
  const { transactionId, url } = notice;
  const { history } = phone.context.ambient;
  const version = VERSION_1_3;
  let deferred = false;
  callCentre(phone, {
    method: 'GET',
    url,
    answered: (response) => {
      const octets = bytesOf(response);
      const read = decodeMms(octets);
      const status = read.kind === 'pdu' ? (read.pdu.retrieveStatus ?? 'ok') : 'damaged';
      if (status.startsWith('error-transient')) return 'again';
      if (read.kind === 'refused' || status !== 'ok') {
        const reason = read.kind === 'refused' ? `octet ${read.offset}: ${read.reason}` : status;
        history.append({ kind: 'mms.refused', ...placeOf(phone, notice), status, reason });
        return 'done';
      }
      const reportAllowed = true;
      if (deferred)
        tellCentre(phone, { type: 'm-acknowledge-ind', transactionId, version, reportAllowed });
      else {
        const type = 'm-notifyresp-ind';
        tellCentre(phone, { type, transactionId, version, status: 'retrieved', reportAllowed });
      }
      arrived(phone, notice, read.pdu, octets.length);
      return 'done';
    },
    delayed: () => {
      deferred = true;
      tellCentre(phone, { type: 'm-notifyresp-ind', transactionId, version, status: 'deferred' });
    },
    givenUp: (reason) =>
      history.append({
        kind: 'mms.refused',
        ...placeOf(phone, notice),
        status: 'no-answer',
        reason,
      }),
  });
}

function arrived(phone: Phone, notice: Notice, pdu: MmsPdu, bytes: number): void {
  const { ambient } = phone.context;
  const { wire } = notice;
  const parts = pdu.parts ?? [];
  const { words, files } = readMmsParts(parts);
  const message = readMessage(words, ambient.index)?.message ?? notice.message;
  const everybody = [pdu.from, ...(pdu.to ?? []), ...(pdu.cc ?? [])].map((one) =>
    numberOf(one ?? ''),
  );
  const numbers = everybody.filter((number) => number !== undefined);
  const by = personOf(phone, pdu.from);
  ambient.history.append({
    kind: 'mms.retrieved',
    ...placeOf(phone, { wire, message }),
    people: numbers
      .map((number) => phone.context.lines.ownerOfNumber(number)?.plan.id)
      .filter((person) => person !== undefined),
    parts: parts.map(({ content }) => content.type).filter((type) => type !== SMIL),
    bytes,
  });
  recordReceived(phone, wire, 'mms', message);
  const onRead = (): void => {
    if (!letsKnow(phone, by) || pdu.readReport !== true) return;
    sendReceipt(phone, { wire, message, by });
    const from = mmsAddress(phone.owner.plan.msisdn);
    const { messageId = '' } = pdu;
    const to = pdu.from === null || pdu.from === undefined ? [] : [pdu.from];
    const told = { messageId, from, to, readStatus: 'read' } as const;
    tellCentre(phone, { type: 'm-read-rec-ind', version: VERSION_1_3, ...told });
  };
  ambient.clock.after(phone.state.draw(phone.plan.displayDelayMicros), () => {
    // The carriers could read all of it: no lock.
    const shown = { wire, channel: 'mms', message, padlock: false, onRead } as const;
    if (by === undefined) fromBusiness(phone, { ...shown, text: words });
    else hear(phone, { ...shown, said: { text: words }, by, conversation: keyOf(numbers) });
    for (const file of files) showFile(phone, { wire, message }, file);
  });
}

/** As with texts: what holds no planned message is a notice, and its first link is followed. */
function fromBusiness(phone: Phone, shown: Shown & { readonly onRead: () => void }): void {
  const { wire, message, text, onRead } = shown;
  const readable = readMessage(text, phone.context.ambient.index) !== undefined;
  if (readable || phone.context.onSeen !== undefined) display(phone, shown);
  else notify(phone, wire, message);
  const url = readable ? undefined : firstUrl(text);
  if (url !== undefined) visitLink(phone, { url, text, wire, message, onRead });
}

/** It came with the words, so there is no digest to hold it against. */
function showFile(
  phone: Phone,
  notice: Pick<Notice, 'wire' | 'message'>,
  { name, bytes }: MmsFile,
): void {
  phone.context.ambient.history.append({
    kind: 'attachment.displayed',
    ...placeOf(phone, notice),
    attachment: name,
    part: 'file',
    verified: false,
    bytes: bytes.length,
  });
}

/** Whom it cannot reach gets the words by SMS, as a person would send them then. */
function reported(
  phone: Phone,
  { messageId = '' }: MmsPdu,
  status: string,
  address: string | null | undefined,
): void {
  const sent = phone.state.mmsSent?.get(messageId);
  if (sent === undefined) return;
  const { wire, writing } = sent;
  const of = personOf(phone, address);
  const place = placeOf(phone, { wire, message: writing.id });
  const { history } = phone.context.ambient;
  history.append({ kind: 'mms.reported', ...place, status, ...(of !== undefined && { of }) });
  const owner = of === undefined ? undefined : phone.context.lines.ownerOf(of);
  if (status === 'unreachable' && owner !== undefined) sendText(phone, owner, writing);
}
