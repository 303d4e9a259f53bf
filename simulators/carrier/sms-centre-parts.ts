/** Parts of long messages, kept until the last one is there (3GPP TS 23.040 §9.2.3.24.1). */
import type { Clock, Timer } from '../kernel/clock.ts';
import type { MessageBody, Tlv } from '../protocol/smpp/pdu.ts';
import { ESM_CLASS, tlvNumber, tlvValue } from '../protocol/smpp/pdu.ts';
import { decodeText } from '../protocol/sms-text/data-coding.ts';
import type { Concatenation } from '../protocol/sms-text/user-data-header.ts';
import { readUserData, validConcatenation } from '../protocol/sms-text/user-data-header.ts';

/** One submission as the phone would read it. */
export interface PartText {
  readonly octets: Uint8Array;
  readonly dataCoding: number;
  readonly text: string;
  readonly concatenation: Concatenation | undefined;
}

/** Undefined when the user data header cannot be read. */
export function readPart(body: MessageBody, tlvs: readonly Tlv[]): PartText | undefined {
  const payload = tlvValue(tlvs, 'message_payload');
  let octets = body.shortMessage.length === 0 ? (payload ?? body.shortMessage) : body.shortMessage;
  let concatenation: Concatenation | undefined;
  if ((body.esmClass & ESM_CLASS.udhi) !== 0) {
    const userData = readUserData(octets);
    if (userData === undefined) return undefined;
    octets = userData.payload;
    concatenation = userData.concatenation;
  } else {
    const reference = tlvNumber(tlvs, 'sar_msg_ref_num');
    const total = tlvNumber(tlvs, 'sar_total_segments');
    const part = tlvNumber(tlvs, 'sar_segment_seqnum');
    if (reference !== undefined && total !== undefined && part !== undefined) {
      const given = { reference, total, part };
      if (validConcatenation(given)) concatenation = given;
    }
  }
  if (concatenation?.total === 1) concatenation = undefined;
  const { dataCoding } = body;
  return { octets, dataCoding, text: decodeText(octets, dataCoding), concatenation };
}

/** Joined before decoding where possible: a character may be cut between two parts. */
export function joinParts(parts: readonly PartText[]): string {
  const [first] = parts;
  if (first === undefined) return '';
  if (parts.some((part) => part.dataCoding !== first.dataCoding)) {
    return parts.map((part) => part.text).join('');
  }
  return decodeText(Buffer.concat(parts.map((part) => part.octets)), first.dataCoding);
}

/** The parts seen so far of one long message. `T` is what the centre keeps for each. */
export interface PartGroup<T> {
  readonly parts: Map<number, PartText>;
  /** One a submission, in order of arrival; a part sent twice is here twice. */
  readonly submissions: T[];
  readonly total: number;
  expiry: Timer | undefined;
}

export interface PartStore<T> {
  /** What is known so far, without this submission; for what a part belongs to. */
  peek(key: string): PartGroup<T> | undefined;
  /** Adds a part; the group once it is complete (it is then forgotten). */
  add(key: string, part: PartText, of: T, expiresInMicros: number): PartGroup<T> | undefined;
}

/** Groups kept at once; the oldest goes first. */
const MOST_GROUPS = 10_000;

export function createPartStore<T>(
  clock: Clock,
  abandoned: (group: PartGroup<T>, why: 'expired' | 'full') => void,
): PartStore<T> {
  const groups = new Map<string, PartGroup<T>>();
  const drop = (key: string, why: 'expired' | 'full'): void => {
    const group = groups.get(key);
    if (group === undefined) return;
    group.expiry?.cancel();
    groups.delete(key);
    abandoned(group, why);
  };
  return {
    peek: (key) => groups.get(key),
    add: (key, part, of, expiresInMicros) => {
      const { total, part: number } = part.concatenation ?? { total: 1, part: 1 };
      let group = groups.get(key);
      if (group === undefined) {
        const [oldest] = groups.keys();
        if (groups.size >= MOST_GROUPS && oldest !== undefined) drop(oldest, 'full');
        group = { parts: new Map(), submissions: [], total, expiry: undefined };
        groups.set(key, group);
        group.expiry = clock.after(expiresInMicros, () => drop(key, 'expired'), { daemon: true });
      }
      if (!group.parts.has(number)) group.parts.set(number, part);
      group.submissions.push(of);
      if (group.parts.size < total) return undefined;
      group.expiry?.cancel();
      groups.delete(key);
      return group;
    },
  };
}
