/** The two lists inside PDUs: destinations of submit_multi, and those that it could not take. */
import type { Destination, Unsuccess } from './pdu.ts';
import { COMMAND_STATUS } from './status.ts';

/** dest_flag, SMPP 3.4 §5.2.25. */
const DEST_FLAG = { address: 1, list: 2 } as const;
const LONGEST_ADDRESS = 20;
const MOST = 254;

export type ReadList<T> =
  | { readonly kind: 'list'; readonly list: readonly T[]; readonly end: number }
  | {
      readonly kind: 'damaged';
      readonly status: number;
      readonly field: string;
      readonly offset: number;
      readonly reason: string;
    };

type Damage = Extract<ReadList<never>, { kind: 'damaged' }>;

function damage(status: number, field: string, offset: number, reason: string): Damage {
  return { kind: 'damaged', status, field, offset, reason };
}

interface Text {
  readonly text: string;
  readonly end: number;
}

/** Undefined when no NUL comes within the longest wire length. */
function readText(frame: Buffer, at: number): Text | undefined {
  const end = frame.indexOf(0, at);
  if (end === -1 || end - at > LONGEST_ADDRESS) return undefined;
  return { text: frame.toString('latin1', at, end), end: end + 1 };
}

/** number_of_dests and its dest_address entries (§4.5.1.1). */
export function readDestinations(frame: Buffer, start: number): ReadList<Destination> {
  const count = frame[start]!;
  const field = 'number_of_dests';
  if (count === 0 || count > MOST) {
    return damage(COMMAND_STATUS.ESME_RINVNUMDESTS, field, start, `${count} destinations`);
  }
  const list: Destination[] = [];
  let at = start + 1;
  for (let index = 0; index < count; index++) {
    const name = `dest_address[${index}]`;
    const flag = frame[at];
    if (flag === undefined) {
      const reason = `${count} destinations were said, ${index} are there`;
      return damage(COMMAND_STATUS.ESME_RINVNUMDESTS, field, start, reason);
    }
    if (flag !== DEST_FLAG.address && flag !== DEST_FLAG.list) {
      return damage(COMMAND_STATUS.ESME_RINVDESTFLAG, name, at, `dest_flag is ${flag}`);
    }
    const isList = flag === DEST_FLAG.list;
    const from = isList ? at + 1 : at + 3;
    const read = readText(frame, from);
    if (read === undefined) {
      const { ESME_RINVDLNAME, ESME_RINVDSTADR } = COMMAND_STATUS;
      const status = isList ? ESME_RINVDLNAME : ESME_RINVDSTADR;
      return damage(status, name, from, 'no NUL ends it in time');
    }
    list.push(
      isList
        ? { listName: read.text }
        : {
            destAddrTon: frame[at + 1]!,
            destAddrNpi: frame[at + 2]!,
            destinationAddr: read.text,
          },
    );
    at = read.end;
  }
  return { kind: 'list', list, end: at };
}

/** no_unsuccess and its unsuccess_sme entries (§4.5.2.1). */
export function readUnsuccessful(frame: Buffer, start: number): ReadList<Unsuccess> {
  const count = frame[start]!;
  const list: Unsuccess[] = [];
  let at = start + 1;
  for (let index = 0; index < count; index++) {
    const read = readText(frame, at + 2);
    if (read === undefined || read.end + 4 > frame.length) {
      const name = `unsuccess_sme[${index}]`;
      return damage(COMMAND_STATUS.ESME_RINVCMDLEN, name, at, 'the PDU ends inside it');
    }
    list.push({
      destAddrTon: frame[at]!,
      destAddrNpi: frame[at + 1]!,
      destinationAddr: read.text,
      errorStatus: frame.readUInt32BE(read.end),
    });
    at = read.end + 4;
  }
  return { kind: 'list', list, end: at };
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'latin1');
}

/** The octets of either list with its count; undefined when an entry or the list is too long. */
export function writeList(entries: readonly (Destination | Unsuccess)[]): Uint8Array | undefined {
  if (entries.length > MOST) return undefined;
  const parts: Uint8Array[] = [Uint8Array.of(entries.length)];
  for (const entry of entries) {
    if ('listName' in entry) {
      if (entry.listName.length > LONGEST_ADDRESS) return undefined;
      parts.push(Uint8Array.of(DEST_FLAG.list), text(entry.listName));
      continue;
    }
    const { destAddrTon, destAddrNpi, destinationAddr } = entry;
    if (destinationAddr.length > LONGEST_ADDRESS) return undefined;
    const types = [destAddrTon, destAddrNpi];
    if ('errorStatus' in entry) {
      const status = Buffer.alloc(4);
      status.writeUInt32BE(entry.errorStatus);
      parts.push(Uint8Array.from(types), text(destinationAddr), status);
    } else {
      parts.push(Uint8Array.of(DEST_FLAG.address, ...types), text(destinationAddr));
    }
  }
  return Buffer.concat(parts);
}
