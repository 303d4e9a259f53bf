/**
 * MMS protocol data units (OMA-TS-MMS_ENC-V1_3 §6 and §7): what phones and MMS centres say to each
 * other over HTTP, and what WAP push brings. Read whole or refused with offset and reason; unknown
 * header fields are passed over (§7.1).
 */
import type {
  MmsMessageClass,
  MmsPriority,
  MmsReadStatus,
  MmsResponseStatus,
  MmsRetrieveStatus,
  MmsStatus,
  MmsType,
} from './assignments.ts';
import { MESSAGE_TYPES, VERSION_1_3, wordOf } from './assignments.ts';
import type { ContentType, MmsPart } from './content.ts';
import { readContentType, readParts, writeContentType, writeParts } from './content.ts';
import { CONTENT_TYPE_FIELD, FIELDS, FIELDS_BY_NUMBER } from './fields.ts';
import { MmsError, MmsReader } from './octets.ts';

/** How long a message is kept: so many seconds from now, or until a time (Unix seconds). */
export type MmsExpiry = { readonly relativeSeconds: number } | { readonly atSeconds: number };

/** One PDU. Which fields it must have depends on its type: `REQUIRED`. */
export interface MmsPdu {
  readonly type: MmsType;
  readonly transactionId?: string;
  /** Default 1.3 (0x13). */
  readonly version?: number;
  readonly messageId?: string;
  /** `+999…/TYPE=PLMN`; null: the centre is to insert it. */
  readonly from?: string | null;
  readonly to?: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject?: string;
  /** Unix seconds. */
  readonly date?: number;
  readonly messageClass?: MmsMessageClass;
  readonly priority?: MmsPriority;
  readonly expiry?: MmsExpiry;
  /** Octets. */
  readonly messageSize?: number;
  readonly deliveryReport?: boolean;
  readonly readReport?: boolean;
  readonly reportAllowed?: boolean;
  readonly contentLocation?: string;
  readonly status?: MmsStatus;
  readonly responseStatus?: MmsResponseStatus;
  readonly responseText?: string;
  readonly retrieveStatus?: MmsRetrieveStatus;
  readonly retrieveText?: string;
  readonly readStatus?: MmsReadStatus;
  readonly content?: ContentType;
  /** Of a multipart. */
  readonly parts?: readonly MmsPart[];
  /** Of any other content. */
  readonly body?: Uint8Array;
}

export type MmsFieldName = Exclude<keyof MmsPdu, 'type' | 'content' | 'parts' | 'body'>;

/** Octets that are no PDU. `offset` counts from the first octet. */
export interface MmsRefused {
  readonly kind: 'refused';
  readonly offset: number;
  readonly reason: string;
  /** As far as it had been read: an answer can name it. */
  readonly transactionId?: string;
}

export type MmsDecoded = { readonly kind: 'pdu'; readonly pdu: MmsPdu } | MmsRefused;

/** Fields without which a PDU of the type means nothing (§6.1 to §6.7). */
const REQUIRED: Readonly<Record<MmsType, readonly (keyof MmsPdu)[]>> = {
  'm-send-req': ['transactionId', 'version', 'from', 'content'],
  'm-send-conf': ['transactionId', 'version', 'responseStatus'],
  'm-notification-ind': [
    'transactionId',
    'version',
    'messageClass',
    'messageSize',
    'expiry',
    'contentLocation',
  ],
  'm-notifyresp-ind': ['transactionId', 'version', 'status'],
  'm-retrieve-conf': ['version', 'date'],
  'm-acknowledge-ind': ['transactionId', 'version'],
  'm-delivery-ind': ['version', 'messageId', 'to', 'date', 'status'],
  'm-read-rec-ind': ['version', 'messageId', 'to', 'from', 'readStatus'],
  'm-read-orig-ind': ['version', 'messageId', 'to', 'from', 'date', 'readStatus'],
};

type Found = { -readonly [K in keyof MmsPdu]?: unknown };

function readField(reader: MmsReader, found: Found): void {
  const start = reader.offset;
  const field = FIELDS_BY_NUMBER.get(reader.octet('a header field') & 0x7f);
  if (field === undefined) {
    reader.skipValue('the value of an unknown field');
    return;
  }
  const value = field.read(reader);
  if (field.several) {
    found[field.name] = [...((found[field.name] as string[] | undefined) ?? []), value];
    return;
  }
  if (field.name in found) reader.fail(`${field.title} stands there twice`, start);
  found[field.name] = value;
}

function readHeaders(reader: MmsReader, found: Found): void {
  while (reader.remaining > 0) {
    const first = reader.peek('a header field');
    if (first === (CONTENT_TYPE_FIELD | 0x80)) {
      reader.octet('a header field');
      found.content = readContentType(reader);
      return;
    }
    if (first >= 0x80) {
      readField(reader, found);
      continue;
    }
    if (first < 0x20) reader.fail(`octet ${first} begins no header field`);
    reader.text('the name of a field');
    reader.text('the value of a named field');
  }
}

function readAll(reader: MmsReader, found: Found): void {
  const first = reader.octet('X-Mms-Message-Type');
  if (first !== 0x8c) reader.fail('a PDU begins with X-Mms-Message-Type (8C)', 0);
  const number = reader.octet('X-Mms-Message-Type');
  const type = wordOf(MESSAGE_TYPES, number);
  if (type === undefined) reader.fail(`message type ${number} is unknown`, 1);
  found.type = type;
  readHeaders(reader, found);
  const { content } = found as { content?: ContentType };
  if (content?.type.includes('.multipart.') === true) found.parts = readParts(reader);
  else if (content !== undefined) found.body = reader.rest();
  const missing = REQUIRED[type!].find((name) => found[name] === undefined);
  if (missing !== undefined) {
    const title = missing === 'content' ? 'Content-Type' : FIELDS[missing as MmsFieldName].title;
    reader.fail(`${type} has no ${title}`);
  }
  if (type === 'm-send-req' && [found.to, found.cc, found.bcc].every((one) => one === undefined)) {
    reader.fail('m-send-req is for nobody');
  }
}

/** Never throws; what is missing or damaged is refused. */
export function decodeMms(octets: Uint8Array): MmsDecoded {
  const found: Found = {};
  try {
    readAll(new MmsReader(octets), found);
    return { kind: 'pdu', pdu: found as MmsPdu };
  } catch (error) {
    if (!(error instanceof MmsError)) throw error;
    const { transactionId } = found as { transactionId?: string };
    return {
      kind: 'refused',
      offset: error.offset,
      reason: error.message,
      ...(transactionId !== undefined && { transactionId }),
    };
  }
}

/** Message type, transaction id and version first (§7.1), the content type last. */
const ORDER = Object.keys(FIELDS) as MmsFieldName[];

export function encodeMms(given: MmsPdu): Buffer {
  const pdu: MmsPdu = { version: VERSION_1_3, ...given };
  const octets = [0x8c, MESSAGE_TYPES[pdu.type]];
  for (const name of ORDER) {
    const value = pdu[name];
    if (value === undefined) continue;
    const { number, write, several } = FIELDS[name];
    const values: readonly unknown[] = several ? (value as readonly string[]) : [value];
    for (const one of values) {
      octets.push(number | 0x80, ...write(one));
    }
  }
  const head = Buffer.from(octets);
  if (pdu.content === undefined) return head;
  const type = Buffer.from([CONTENT_TYPE_FIELD | 0x80, ...writeContentType(pdu.content)]);
  const body = pdu.parts === undefined ? (pdu.body ?? new Uint8Array()) : writeParts(pdu.parts);
  return Buffer.concat([head, type, body]);
}
