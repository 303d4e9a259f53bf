/** What an MMS centre makes of an m-send.req before it takes it. */
import type { IndexedMessage, MessageIndex } from '../../kernel/message-index.ts';
import { CANARY_LENGTH, CANARY_MARKER } from '../../protocol/canary/canary.ts';
import type { MmsResponseStatus } from '../../protocol/mms/assignments.ts';
import { mmsAddress, numberOf, readMmsParts } from '../../protocol/mms/message.ts';
import type { MmsDecoded, MmsPdu } from '../../protocol/mms/pdu.ts';

export interface Refusal {
  readonly status: MmsResponseStatus;
  readonly reason: string;
}

/** The message whose canary stands in the words: faults may be for some messages only. */
export function plannedMessage(pdu: MmsPdu, index: MessageIndex): IndexedMessage | undefined {
  const { words } = readMmsParts(pdu.parts ?? []);
  for (let at = words.indexOf(CANARY_MARKER); at !== -1;) {
    const found = index.byCanary(words.slice(at, at + CANARY_LENGTH));
    if (found !== undefined) return found;
    at = words.indexOf(CANARY_MARKER, at + 1);
  }
  return undefined;
}

/** Everybody it is for, as they are addressed; `+999…/TYPE=PLMN`. */
export function recipientsOf({ to = [], cc = [], bcc = [] }: MmsPdu): string[] {
  return [...new Set([...to, ...cc, ...bcc])];
}

/** Undefined when it is to be taken. `size`: octets of the whole. */
export function refusalOf(read: MmsDecoded, size: number, maxBytes: number): Refusal | undefined {
  if (read.kind === 'refused') {
    const reason = `octet ${read.offset}: ${read.reason}`;
    return { status: 'error-permanent-message-format-corrupt', reason };
  }
  if (size > maxBytes) {
    const reason = `${size} octets, at most ${maxBytes} are taken`;
    return { status: 'error-permanent-content-not-accepted', reason };
  }
  const nobody = recipientsOf(read.pdu).find((address) => numberOf(address) === undefined);
  if (nobody === undefined) return undefined;
  const reason = `${nobody} is no telephone number`;
  return { status: 'error-permanent-sending-address-unresolved', reason };
}

/** As the recipient gets it: who wrote it is the carrier's word, blind copies are nobody's. */
export function retrieveConf(
  {
    sent,
    wire,
    messageId,
    from,
  }: {
    readonly sent: MmsPdu;
    readonly wire: string;
    readonly messageId: string;
    readonly from: string;
  },
  nowSeconds: number,
): MmsPdu {
  const { bcc: _hidden, expiry: _expiry, ...kept } = sent;
  return {
    ...kept,
    type: 'm-retrieve-conf',
    transactionId: wire,
    messageId,
    from: mmsAddress(from),
    date: sent.date ?? nowSeconds,
  };
}
