/**
 * PDU codec, driven by one table of fields per command (SMPP 3.4 §4). Damaged PDUs are values, told
 * with the field, the offset and the command_status that the receiver should answer.
 */
import { BellwetherError } from '../../kernel/errors.ts';
import { readDestinations, readUnsuccessful, writeList } from './lists.ts';
import type { Bodies, Command, Destination, Pdu, PduOf, Tlv, Unsuccess } from './pdu.ts';
import { COMMAND_IDS } from './pdu.ts';
import type { Field } from './fields.ts';
import { FIELDS, FIELD_STATUS } from './fields.ts';
import type { KnownTexts } from './known-texts.ts';
import { COMMAND_STATUS } from './status.ts';

export const HEADER_BYTES = 16;

const BY_ID: ReadonlyMap<number, Command> = new Map(
  Object.entries(COMMAND_IDS).map(([name, id]) => [id, name as Command]),
);

export interface DamagedPdu {
  readonly kind: 'damaged';
  readonly commandId: number;
  /** Undefined for an unknown command id. */
  readonly command: Command | undefined;
  readonly sequence: number;
  /** The command_status to answer with. */
  readonly status: number;
  /** `submit_sm.destinationAddr`, `submit_sm.tlvs[2]`, `command_id`. */
  readonly field: string;
  /** Octets from the beginning of the PDU. */
  readonly offset: number;
  readonly reason: string;
}
export type Decoded = { readonly kind: 'pdu'; readonly pdu: Pdu } | DamagedPdu;

type Values = Record<
  string,
  string | number | Uint8Array | readonly Destination[] | readonly Unsuccess[]
>;

/** A response may come without a body when it refuses (§4.4.2); its fields are then empty. */
function emptyFields(fields: readonly Field[]): Values {
  const body: Values = {};
  for (const [name, type] of fields) {
    body[name] = type === 'cstring' ? '' : type === 'unsuccessful' ? [] : 0;
  }
  return body;
}

/** The body of a response that refuses: every field empty. */
export function emptyBody<C extends Command>(command: C): Bodies[C] {
  return emptyFields(FIELDS[command]) as unknown as Bodies[C];
}

const NO_TLVS: readonly Tlv[] = Object.freeze([]);

/**
 * Every field, empty. A copy of one with all members is made at once; an object that grows by them
 * one after the other is moved several times.
 */
const EMPTY: Readonly<Partial<Record<Command, Values>>> = Object.fromEntries(
  Object.entries(FIELDS).map(([command, fields]) => [command, emptyFields(fields)]),
);

/** Where the NUL is, or -1. Fields are so short that asking the Buffer costs more than looking. */
function endOf(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === 0) return at;
  return -1;
}

/**
 * Decodes one whole PDU: `bytes` from `start` to before `end`, which is where its command_length
 * ends it. Values are views on `bytes`. Extra octets are read as TLVs; unknown tags are kept.
 */
export function decodePdu(
  bytes: Buffer,
  start = 0,
  end = bytes.length,
  texts?: KnownTexts,
): Decoded {
  const commandId = bytes.readUInt32BE(start + 4);
  const status = bytes.readUInt32BE(start + 8);
  const sequence = bytes.readUInt32BE(start + 12);
  const command = BY_ID.get(commandId);
  const damaged = (answer: number, field: string, at: number, reason: string): DamagedPdu => ({
    kind: 'damaged',
    commandId,
    command,
    sequence,
    status: answer,
    field,
    offset: at - start,
    reason,
  });
  if (command === undefined) {
    return damaged(COMMAND_STATUS.ESME_RINVCMDID, 'command_id', start + 4, 'unknown command_id');
  }
  const fields = FIELDS[command];
  let at = start + HEADER_BYTES;
  const body: Values = { ...EMPTY[command] };
  if (at === end && (commandId & 0x8000_0000) !== 0) {
    // It refuses, and all its fields are empty.
  } else {
    for (const [name, type, most = 1] of fields) {
      if (at >= end) {
        const reason = 'the PDU ends before this field';
        return damaged(COMMAND_STATUS.ESME_RINVCMDLEN, `${command}.${name}`, at, reason);
      }
      if (type === 'octet') {
        body[name] = bytes[at++]!;
      } else if (type === 'cstring') {
        const nul = endOf(bytes, at, end);
        if (nul === -1 || nul - at >= most) {
          const answer = FIELD_STATUS[name] ?? COMMAND_STATUS.ESME_RINVCMDLEN;
          const reason = nul === -1 ? 'no NUL ends it' : `longer than ${most - 1} octets`;
          return damaged(answer, `${command}.${name}`, at, reason);
        }
        if (nul > at) body[name] = texts?.read(bytes, at, nul) ?? bytes.toString('latin1', at, nul);
        at = nul + 1;
      } else if (type === 'counted') {
        const length = bytes[at]!;
        // Some stacks send 255; SMPP 3.4 allows 254 (§5.2.22). Only what does not fit is damage.
        if (at + 1 + length > end) {
          const reason = `sm_length is ${length}, ${end - at - 1} octets are left`;
          return damaged(COMMAND_STATUS.ESME_RINVMSGLEN, `${command}.sm_length`, at, reason);
        }
        body[name] = bytes.subarray(at + 1, at + 1 + length);
        at += 1 + length;
      } else {
        const list = type === 'destinations' ? readDestinations : readUnsuccessful;
        const read = list(bytes.subarray(start, end), at - start);
        if (read.kind === 'damaged') {
          const { field, offset, reason } = read;
          return damaged(read.status, `${command}.${field}`, start + offset, reason);
        }
        body[name] = read.list;
        at = start + read.end;
      }
    }
  }
  let tlvs: Tlv[] | undefined;
  while (at < end) {
    const length = at + 4 <= end ? bytes.readUInt16BE(at + 2) : -1;
    if (length === -1 || at + 4 + length > end) {
      const reason = 'the optional parameter is longer than the PDU';
      const field = `${command}.tlvs[${tlvs?.length ?? 0}]`;
      return damaged(COMMAND_STATUS.ESME_RINVOPTPARSTREAM, field, at, reason);
    }
    const tlv = { tag: bytes.readUInt16BE(at), value: bytes.subarray(at + 4, at + 4 + length) };
    if (tlvs === undefined) tlvs = [tlv];
    else tlvs.push(tlv);
    at += 4 + length;
  }
  const pdu = { command, status, sequence, body, tlvs: tlvs ?? NO_TLVS };
  return { kind: 'pdu', pdu: pdu as unknown as Pdu };
}

function tooLong(command: Command, name: string, most: number): BellwetherError {
  return new BellwetherError(`${command}.${name} is longer than ${most} octets`, {
    code: 'WIRE_SMPP_FIELD',
    blame: 'author',
    hint: name === 'shortMessage' ? 'Put it into message_payload, or into several parts.' : '',
  });
}

/** Its command_length. Throws WIRE_SMPP_FIELD when a field is longer than SMPP allows. */
export function pduLength<C extends Command>(pdu: PduOf<C>): number {
  const { command } = pdu;
  const body = pdu.body as unknown as Readonly<Values>;
  let length = HEADER_BYTES;
  for (const [name, type, most = 1] of FIELDS[command]) {
    const value = body[name]!;
    if (type === 'octet') {
      length += 1;
    } else if (type === 'destinations' || type === 'unsuccessful') {
      const list = writeList(value as readonly Destination[] | readonly Unsuccess[]);
      if (list === undefined) throw tooLong(command, name, most);
      length += list.length;
    } else {
      const own = (value as string | Uint8Array).length;
      if (own > (type === 'cstring' ? most - 1 : most)) throw tooLong(command, name, most);
      length += own + 1;
    }
  }
  for (const tlv of pdu.tlvs) length += 4 + tlv.value.length;
  return length;
}

/** Writes it to `out` at `start`, where `length` octets are free: what `pduLength` gave. */
export function writePdu<C extends Command>(
  pdu: PduOf<C>,
  length: number,
  out: Buffer,
  start: number,
): void {
  const { command } = pdu;
  const body = pdu.body as unknown as Readonly<Values>;
  out.writeUInt32BE(length, start);
  out.writeUInt32BE(COMMAND_IDS[command], start + 4);
  out.writeUInt32BE(pdu.status, start + 8);
  out.writeUInt32BE(pdu.sequence, start + 12);
  let at = start + HEADER_BYTES;
  for (const [name, type] of FIELDS[command]) {
    const value = body[name]!;
    if (type === 'octet') {
      out[at++] = value as number;
    } else if (type === 'cstring') {
      at = writeText(value as string, out, at);
      out[at++] = 0;
    } else if (type === 'counted') {
      const octets = value as Uint8Array;
      out[at++] = octets.length;
      out.set(octets, at);
      at += octets.length;
    } else {
      const octets = writeList(value as readonly Destination[] | readonly Unsuccess[])!;
      out.set(octets, at);
      at += octets.length;
    }
  }
  for (const tlv of pdu.tlvs) {
    out.writeUInt16BE(tlv.tag, at);
    out.writeUInt16BE(tlv.value.length, at + 2);
    out.set(tlv.value, at + 4);
    at += 4 + tlv.value.length;
  }
}

/** Returns where it ends. Octet by octet: a call of the system's copy costs more than so few. */
function writeText(text: string, out: Buffer, start: number): number {
  for (let at = 0; at < text.length; at++) out[start + at] = text.charCodeAt(at);
  return start + text.length;
}

/** Encodes a PDU. Throws WIRE_SMPP_FIELD when a field is longer than SMPP allows. */
export function encodePdu<C extends Command>(pdu: PduOf<C>): Buffer {
  const length = pduLength(pdu);
  const out = Buffer.allocUnsafe(length);
  writePdu(pdu, length, out, 0);
  return out;
}

/** A request or response ready to encode. */
export function pduOf<C extends Command>(
  command: C,
  sequence: number,
  body: Bodies[C],
  tlvs: readonly Tlv[] = [],
  status: number = COMMAND_STATUS.ESME_ROK,
): PduOf<C> {
  return { command, status, sequence, body, tlvs };
}
