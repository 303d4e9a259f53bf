/**
 * How an MMS centre wakes a phone: a WSP push (WAP-230-WSP §8.2.4.1) in binary short messages to
 * port 2948 (WAP-259-WDP §6, 3GPP TS 23.040 §9.2.3.24.4), in as many parts as it takes.
 */
import { CONTENT_TYPES, MMS_MESSAGE } from './assignments.ts';
import { readContentType } from './content.ts';
import { MmsError, MmsReader, uintvar } from './octets.ts';

/** WAP push, connectionless, and the port that such pushes come from. */
const PUSH_PORT = 2948;
const SOURCE_PORT = 9200;
const PORTS_16_BIT = 0x05;
const CONCATENATION_8_BIT = 0x00;
const SMS_OCTETS = 140;
const PORTS_HEADER = 7;
const PORTS_AND_PART_HEADER = 12;
const PUSH_PDU = 0x06;
/** X-Wap-Application-Id: x-wap-application:mms.ua (4). */
const APPLICATION_ID = [0xaf, 0x84];

export type PushRead =
  | { readonly kind: 'push'; readonly body: Uint8Array }
  | { readonly kind: 'refused'; readonly offset: number; readonly reason: string };

const MMS_NUMBER = [...CONTENT_TYPES].find(([, name]) => name === MMS_MESSAGE)?.[0] ?? 0;

/** `reference` tells the push, and its parts, from others: 8 bits. */
export function writeMmsPush(body: Uint8Array, reference: number): Uint8Array[] {
  const headers = [MMS_NUMBER | 0x80, ...APPLICATION_ID];
  const head = [reference & 0xff, PUSH_PDU, ...uintvar(headers.length), ...headers];
  const push = Buffer.concat([Buffer.from(head), body]);
  const ports = [PORTS_16_BIT, 4, PUSH_PORT >> 8, PUSH_PORT & 0xff];
  ports.push(SOURCE_PORT >> 8, SOURCE_PORT & 0xff);
  if (push.length <= SMS_OCTETS - PORTS_HEADER) {
    return [Buffer.concat([Buffer.from([ports.length, ...ports]), push])];
  }
  const most = SMS_OCTETS - PORTS_AND_PART_HEADER;
  const total = Math.ceil(push.length / most);
  return Array.from({ length: total }, (_, index) => {
    const part = [CONCATENATION_8_BIT, 3, reference & 0xff, total, index + 1];
    const header = [...ports, ...part];
    const octets = push.subarray(index * most, (index + 1) * most);
    return Buffer.concat([Buffer.from([header.length, ...header]), octets]);
  });
}

interface Segment {
  readonly port: number | undefined;
  readonly part: number;
  readonly total: number;
  readonly payload: Uint8Array;
}

function readSegment(octets: Uint8Array): Segment {
  const reader = new MmsReader(octets);
  const header = reader.within(reader.octet('a user data header'), 'a user data header');
  let port: number | undefined;
  let [part, total] = [1, 1];
  while (header.remaining > 0) {
    const id = header.octet('an information element');
    const value = header.within(header.octet('its length'), 'an information element');
    if (id === PORTS_16_BIT) {
      port = value.octet('a port') * 256 + value.octet('a port');
    } else if (id === CONCATENATION_8_BIT) {
      value.octet('a reference');
      total = value.octet('the number of parts');
      part = value.octet('the number of a part');
      if (part < 1 || part > total) value.fail(`part ${part} of ${total}`);
    }
  }
  return { port, part, total, payload: reader.rest() };
}

/** All parts of one push in any order → its body. Never throws. */
export function readMmsPush(messages: readonly Uint8Array[]): PushRead {
  try {
    const segments = messages.map(readSegment).sort((a, b) => a.part - b.part);
    const [first] = segments;
    if (first === undefined) throw new MmsError('no short message', 0);
    if (first.port !== PUSH_PORT) throw new MmsError(`port ${first.port} is not WAP push`, 0);
    if (segments.length !== first.total || segments.some(({ part }, at) => part !== at + 1)) {
      throw new MmsError(`${segments.length} of ${first.total} parts`, 0);
    }
    const reader = new MmsReader(Buffer.concat(segments.map(({ payload }) => payload)));
    reader.octet('a transaction id');
    const type = reader.octet('a PDU type');
    if (type !== PUSH_PDU) throw new MmsError(`PDU type ${type} is no push`, 1);
    const headers = reader.within(reader.uintvar('the length of headers'), 'headers');
    const content = readContentType(headers);
    if (content.type !== MMS_MESSAGE) throw new MmsError(`a push of ${content.type}`, 3);
    return { kind: 'push', body: reader.rest() };
  } catch (error) {
    if (!(error instanceof MmsError)) throw error;
    return { kind: 'refused', offset: error.offset, reason: error.message };
  }
}
