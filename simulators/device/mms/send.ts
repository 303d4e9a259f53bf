/** What a phone sends by MMS: pictures, long texts and groups, where there is no richer way. */
import { SMIL, VERSION_1_3 } from '../../protocol/mms/assignments.ts';
import type { MmsFile } from '../../protocol/mms/message.ts';
import { composeMms, mmsAddress } from '../../protocol/mms/message.ts';
import type { MmsPdu } from '../../protocol/mms/pdu.ts';
import { decodeMms, encodeMms } from '../../protocol/mms/pdu.ts';
import { segmentText } from '../../protocol/sms-text/segment.ts';
import type { Writing } from '../conversation.ts';
import type { Owner } from '../owner.ts';
import type { Phone } from '../phone.ts';
import { sendText } from '../talk/text.ts';
import { bytesOf, callCentre } from './line.ts';

/** Something that was sent, for the reports that come of it. */
export interface SentMms {
  readonly wire: string;
  readonly writing: Writing;
}

/** More parts than this, and a text goes by MMS. Set by the carrier on real phones; estimate. */
const MOST_SMS_PARTS = 3;
const MOST_SENT = 1_000;
/** What headers, page and addresses take beside words and file, with room to spare. */
const FRAME_BYTES = 4_096;
const EXPIRY_SECONDS = 7 * 86_400;

/** SMS has no files, no groups, and room for little. */
export function needsMms({ attachment, text }: Writing, to: readonly Owner[]): boolean {
  return attachment !== undefined || to.length > 1 || segmentText(text, 0).length > MOST_SMS_PARTS;
}

interface Fitted {
  readonly file?: MmsFile;
  readonly reducedFrom?: number;
  /** It is too large, and nothing makes it smaller: its octets. */
  readonly left?: number;
}

/**
 * A picture is encoded anew, smaller, as phones do. The pictures of this world are a head and
 * filling, so that a smaller one is its beginning.
 */
function fit({ attachment, text }: Writing, maxBytes: number): Fitted {
  if (attachment === undefined) return {};
  const { type, name, content } = attachment;
  const bytes = Buffer.from(content, 'base64');
  const room = maxBytes - FRAME_BYTES - Buffer.byteLength(text);
  if (bytes.length <= room) return { file: { type, name, bytes } };
  if (!type.startsWith('image/') || room <= 0) return { left: bytes.length };
  return { file: { type, name, bytes: bytes.subarray(0, room) }, reducedFrom: bytes.length };
}

function requestOf(wire: string, to: readonly Owner[], words: string, files: MmsFile[]): MmsPdu {
  return {
    type: 'm-send-req',
    transactionId: wire,
    version: VERSION_1_3,
    from: null,
    to: to.map(({ plan }) => mmsAddress(plan.msisdn)),
    messageClass: 'personal',
    expiry: { relativeSeconds: EXPIRY_SECONDS },
    priority: 'normal',
    deliveryReport: true,
    readReport: true,
    ...composeMms(words, files),
  };
}

function remember(phone: Phone, messageId: string, sent: SentMms): void {
  const all = (phone.state.mmsSent ??= new Map<string, SentMms>());
  for (const oldest of all.keys()) {
    if (all.size < MOST_SENT) break;
    all.delete(oldest);
  }
  all.set(messageId, sent);
}

/** One message to everybody. False when the carrier has no MMS, or only words would be left. */
export function sendByMms(phone: Phone, to: readonly Owner[], writing: Writing): boolean {
  const { ambient, lines } = phone.context;
  const { history, ids } = ambient;
  const line = lines.mmsOf(phone.owner.plan.carrier);
  if (line === undefined) return false;
  const wire = ids.next('p2p:');
  const { id: message, text } = writing;
  const { file, reducedFrom, left } = fit(writing, line.maxBytes);
  const place = { device: phone.path, person: phone.person, wire, message };
  if (left !== undefined) {
    history.append({ kind: 'mms.file-left', ...place, bytes: left, most: line.maxBytes });
    if (!needsMms({ id: message, text }, to)) return false;
  }
  const request = requestOf(wire, to, text, file === undefined ? [] : [file]);
  const body = encodeMms(request);
  const channel = 'mms';
  history.append({ kind: 'carried', wire, from: phone.path, to: line.path, channel, message });
  const refused = (status: string, reason: string): void => {
    history.append({ kind: 'mms.refused', ...place, status, reason });
    // What is left are the words, to each by themselves.
    if (status.startsWith('error-permanent')) for (const one of to) sendText(phone, one, writing);
  };
  callCentre(phone, {
    method: 'POST',
    url: line.url,
    body,
    answered: (response) => {
      const read = decodeMms(bytesOf(response));
      if (read.kind === 'refused' || read.pdu.type !== 'm-send-conf') {
        refused('no-answer', 'the answer is no m-send.conf');
        return 'done';
      }
      const { responseStatus = 'error-permanent-failure', responseText, messageId } = read.pdu;
      if (responseStatus.startsWith('error-transient')) return 'again';
      if (responseStatus !== 'ok') {
        refused(responseStatus, responseText ?? responseStatus);
        return 'done';
      }
      if (messageId !== undefined) remember(phone, messageId, { wire, writing });
      const parts = (request.parts ?? []).map(({ content }) => content.type);
      history.append({
        kind: 'mms.submitted',
        ...place,
        to: to.map(({ plan }) => plan.id),
        bytes: body.length,
        parts: parts.filter((type) => type !== SMIL),
        ...(reducedFrom !== undefined && { reducedFrom }),
      });
      return 'done';
    },
    givenUp: (why) => refused('no-answer', why),
  });
  return true;
}
