/** Header fields of MMS encapsulation: number, name and how the value stands on the wire. */
import {
  MESSAGE_CLASSES,
  NO,
  PRIORITIES,
  READ_STATUSES,
  RESPONSE_STATUSES,
  RETRIEVE_STATUSES,
  STATUSES,
  wordOf,
  YES,
} from './assignments.ts';
import type { MmsReader } from './octets.ts';
import { encodedText, longInteger, text, valueLength } from './octets.ts';
import type { MmsExpiry, MmsFieldName } from './pdu.ts';

export interface Field {
  readonly name: MmsFieldName;
  /** As the specification has it, for the reader of a refusal. */
  readonly title: string;
  readonly number: number;
  /** It may stand there several times; the value is a list of them. */
  readonly several: boolean;
  readonly read: (reader: MmsReader) => unknown;
  /** The value is of the field's own kind; `MmsPdu` has the types. */
  readonly write: (value: unknown) => number[];
}

type Form<V> = readonly [
  read: (reader: MmsReader, title: string) => V,
  write: (value: V) => number[],
];

/** Address-present-token and Insert-address-token of From (§7.3.12). */
const ADDRESS_PRESENT = 128;
const INSERT_ADDRESS = 129;
/** Absolute-token and Relative-token of times (§7.3.10). */
const ABSOLUTE = 128;
const RELATIVE = 129;

const TEXT: Form<string> = [(reader, title) => reader.text(title), text];
const ENCODED: Form<string> = [(reader, title) => reader.encodedText(title), encodedText];
const LONG: Form<number> = [(reader, title) => reader.longInteger(title), longInteger];
/** Another major version may mean anything else by the same octets (§7.3.34). */
const VERSION: Form<number> = [
  (reader, title) => {
    const start = reader.offset;
    const version = reader.shortInteger(title);
    if (version >> 4 !== 1) reader.fail(`${title}: major version ${version >> 4} is not 1`, start);
    return version;
  },
  (value) => [value | 0x80],
];
const YES_OR_NO: Form<boolean> = [
  (reader, title) => {
    const start = reader.offset;
    const octet = reader.octet(title);
    if (octet !== YES && octet !== NO) reader.fail(`${title} is neither yes nor no`, start);
    return octet === YES;
  },
  (value) => [value ? YES : NO],
];

function word<W extends string>(table: Readonly<Record<W, number>>): Form<W> {
  return [
    (reader, title) => {
      const start = reader.offset;
      const octet = reader.octet(title);
      return wordOf(table, octet) ?? reader.fail(`${title} ${octet} is unknown`, start);
    },
    (value) => [table[value]],
  ];
}

function inLength(inside: readonly number[]): number[] {
  return [...valueLength(inside.length), ...inside];
}

const FROM: Form<string | null> = [
  (reader, title) => {
    const inside = reader.within(reader.valueLength(title), title);
    const token = inside.octet(title);
    if (token === INSERT_ADDRESS) return null;
    if (token !== ADDRESS_PRESENT) inside.fail(`${title} has no address token`);
    return inside.encodedText(title);
  },
  (address) =>
    inLength(address === null ? [INSERT_ADDRESS] : [ADDRESS_PRESENT, ...encodedText(address)]),
];

const EXPIRY: Form<MmsExpiry> = [
  (reader, title) => {
    const inside = reader.within(reader.valueLength(title), title);
    const start = inside.offset;
    const token = inside.octet(title);
    if (token === ABSOLUTE) return { atSeconds: inside.longInteger(title) };
    if (token !== RELATIVE) inside.fail(`${title} is neither absolute nor relative`, start);
    return { relativeSeconds: inside.integer(title) };
  },
  (expiry) =>
    inLength(
      'atSeconds' in expiry
        ? [ABSOLUTE, ...longInteger(expiry.atSeconds)]
        : [RELATIVE, ...longInteger(expiry.relativeSeconds)],
    ),
];

function field<V>(
  name: MmsFieldName,
  number: number,
  title: string,
  [read, write]: Form<V>,
  several = false,
): Field {
  return {
    name,
    number,
    title,
    several,
    read: (reader) => read(reader, title),
    write: (value) => write(value as V),
  };
}

/** In the order in which they are written. */
const ALL: readonly Field[] = [
  field('transactionId', 0x18, 'X-Mms-Transaction-Id', TEXT),
  field('version', 0x0d, 'X-Mms-MMS-Version', VERSION),
  field('messageId', 0x0b, 'Message-ID', TEXT),
  field('date', 0x05, 'Date', LONG),
  field('from', 0x09, 'From', FROM),
  field('to', 0x17, 'To', ENCODED, true),
  field('cc', 0x02, 'Cc', ENCODED, true),
  field('bcc', 0x01, 'Bcc', ENCODED, true),
  field('subject', 0x16, 'Subject', ENCODED),
  field('messageClass', 0x0a, 'X-Mms-Message-Class', word(MESSAGE_CLASSES)),
  field('expiry', 0x08, 'X-Mms-Expiry', EXPIRY),
  field('priority', 0x0f, 'X-Mms-Priority', word(PRIORITIES)),
  field('messageSize', 0x0e, 'X-Mms-Message-Size', LONG),
  field('deliveryReport', 0x06, 'X-Mms-Delivery-Report', YES_OR_NO),
  field('readReport', 0x10, 'X-Mms-Read-Report', YES_OR_NO),
  field('reportAllowed', 0x11, 'X-Mms-Report-Allowed', YES_OR_NO),
  field('contentLocation', 0x03, 'X-Mms-Content-Location', TEXT),
  field('status', 0x15, 'X-Mms-Status', word(STATUSES)),
  field('responseStatus', 0x12, 'X-Mms-Response-Status', word(RESPONSE_STATUSES)),
  field('responseText', 0x13, 'X-Mms-Response-Text', ENCODED),
  field('retrieveStatus', 0x19, 'X-Mms-Retrieve-Status', word(RETRIEVE_STATUSES)),
  field('retrieveText', 0x1a, 'X-Mms-Retrieve-Text', ENCODED),
  field('readStatus', 0x1b, 'X-Mms-Read-Status', word(READ_STATUSES)),
];

export const FIELDS = Object.fromEntries(ALL.map((one) => [one.name, one])) as Readonly<
  Record<MmsFieldName, Field>
>;
export const FIELDS_BY_NUMBER: ReadonlyMap<number, Field> = new Map(
  ALL.map((one) => [one.number, one]),
);
export const CONTENT_TYPE_FIELD = 0x04;
