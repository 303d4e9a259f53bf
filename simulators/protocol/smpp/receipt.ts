/**
 * Delivery receipts: a deliver_sm whose text has the form of SMPP 3.4 appendix B, and whose TLVs
 * say the same (§5.3.2.12, §5.3.2.35). Peers differ in which of the two they read, so both are
 * written.
 */
import type { MessageBody, MessageState, Tlv } from './pdu.ts';
import { ESM_CLASS, MESSAGE_STATES, TLV_TAGS, messageBody, tlvNumber, tlvText } from './pdu.ts';

/** The seven letters of appendix B for each state. */
const STAT = {
  ENROUTE: 'ENROUTE',
  DELIVERED: 'DELIVRD',
  EXPIRED: 'EXPIRED',
  DELETED: 'DELETED',
  UNDELIVERABLE: 'UNDELIV',
  ACCEPTED: 'ACCEPTD',
  UNKNOWN: 'UNKNOWN',
  REJECTED: 'REJECTD',
} as const satisfies Record<MessageState, string>;

export interface Receipt {
  readonly messageId: string;
  readonly state: MessageState;
  readonly submitMillis: number;
  readonly doneMillis: number;
  /** Three digits, 000 = none. */
  readonly errorCode: string;
  /** The first 20 characters of the message; an empty text exposes nothing. */
  readonly text: string;
}

/** `YYMMDDhhmm`, UTC. */
function minuteOf(millis: number): string {
  return new Date(millis).toISOString().replaceAll(/[-:T]/g, '').slice(2, 12);
}

/** `id:… sub:001 dlvrd:001 submit date:… done date:… stat:DELIVRD err:000 text:…` */
function receiptText(receipt: Receipt): string {
  const delivered = receipt.state === 'DELIVERED' ? '001' : '000';
  return (
    `id:${receipt.messageId} sub:001 dlvrd:${delivered} ` +
    `submit date:${minuteOf(receipt.submitMillis)} done date:${minuteOf(receipt.doneMillis)} ` +
    `stat:${STAT[receipt.state]} err:${receipt.errorCode} text:${receipt.text.slice(0, 20)}`
  );
}

/** The deliver_sm of a receipt; addresses are swapped against the submit_sm that it is about. */
export function receiptPdu(
  receipt: Receipt,
  submitted: Pick<
    MessageBody,
    | 'sourceAddrTon'
    | 'sourceAddrNpi'
    | 'sourceAddr'
    | 'destAddrTon'
    | 'destAddrNpi'
    | 'destinationAddr'
  >,
): { readonly body: MessageBody; readonly tlvs: readonly Tlv[] } {
  const id = Buffer.from(`${receipt.messageId}\0`, 'latin1');
  return {
    body: messageBody({
      sourceAddrTon: submitted.destAddrTon,
      sourceAddrNpi: submitted.destAddrNpi,
      sourceAddr: submitted.destinationAddr,
      destAddrTon: submitted.sourceAddrTon,
      destAddrNpi: submitted.sourceAddrNpi,
      destinationAddr: submitted.sourceAddr,
      esmClass: ESM_CLASS.receipt,
      shortMessage: Buffer.from(receiptText(receipt), 'latin1'),
    }),
    tlvs: [
      { tag: TLV_TAGS.receipted_message_id, value: id },
      { tag: TLV_TAGS.message_state, value: Uint8Array.of(MESSAGE_STATES[receipt.state]) },
    ],
  };
}

export interface ReadReceipt {
  readonly messageId: string;
  readonly state: MessageState;
  readonly errorCode: string | undefined;
}

/**
 * What a deliver_sm says about an earlier message, or undefined when it is no receipt. TLVs win
 * over the text, which is read leniently (field order and spacing differ between centres).
 */
export function readReceipt(body: MessageBody, tlvs: readonly Tlv[]): ReadReceipt | undefined {
  if ((body.esmClass & ESM_CLASS.typeMask) !== ESM_CLASS.receipt) return undefined;
  const text = Buffer.from(body.shortMessage).toString('latin1');
  const word = (name: string): string | undefined =>
    new RegExp(`(?:^|\\s)${name}:(\\S+)`, 'i').exec(text)?.[1];
  const messageId = tlvText(tlvs, 'receipted_message_id') ?? word('id');
  if (messageId === undefined) return undefined;
  const number = tlvNumber(tlvs, 'message_state');
  const stat = word('stat')?.toUpperCase();
  const states = Object.keys(MESSAGE_STATES) as MessageState[];
  const state = states.find((name) =>
    number === undefined ? STAT[name] === stat : MESSAGE_STATES[name] === number,
  );
  return { messageId, state: state ?? 'UNKNOWN', errorCode: word('err') };
}
