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

/** How centres differ in the receipts that they write. */
export interface ReceiptForm {
  /** receipted_message_id, message_state and network_error_code beside the text. Default true. */
  readonly parameters?: boolean;
  /** A message still under way (§5.2.12): the text says so, and the type is not a receipt's. */
  readonly intermediate?: boolean;
  /** The submission's own number comes back (§5.3.2.17). */
  readonly userMessageReference?: Uint8Array;
}

/** network_error_code's network type for GSM, §5.3.2.31. */
const NETWORK_GSM = 3;

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
  form: ReceiptForm = {},
): { readonly body: MessageBody; readonly tlvs: readonly Tlv[] } {
  const tlvs: Tlv[] = [];
  if (form.parameters ?? true) {
    const id = Buffer.from(`${receipt.messageId}\0`, 'latin1');
    tlvs.push(
      { tag: TLV_TAGS.receipted_message_id, value: id },
      { tag: TLV_TAGS.message_state, value: Uint8Array.of(MESSAGE_STATES[receipt.state]) },
    );
    const error = Number.parseInt(receipt.errorCode, 10);
    if (error > 0) {
      const value = Uint8Array.of(NETWORK_GSM, error >> 8, error & 0xff);
      tlvs.push({ tag: TLV_TAGS.network_error_code, value });
    }
  }
  const { userMessageReference: value } = form;
  if (value !== undefined) tlvs.push({ tag: TLV_TAGS.user_message_reference, value });
  return {
    body: messageBody({
      sourceAddrTon: submitted.destAddrTon,
      sourceAddrNpi: submitted.destAddrNpi,
      sourceAddr: submitted.destinationAddr,
      destAddrTon: submitted.sourceAddrTon,
      destAddrNpi: submitted.sourceAddrNpi,
      destinationAddr: submitted.sourceAddr,
      esmClass: form.intermediate === true ? ESM_CLASS.intermediate : ESM_CLASS.receipt,
      shortMessage: Buffer.from(receiptText(receipt), 'latin1'),
    }),
    tlvs,
  };
}

export interface ReadReceipt {
  readonly messageId: string;
  readonly state: MessageState;
  readonly errorCode: string | undefined;
}

/**
 * What a deliver_sm says about an earlier message (a receipt, or an intermediate notification whose
 * state is not final), or undefined when it is neither. TLVs win
 * over the text, which is read leniently (field order and spacing differ between centres).
 */
export function readReceipt(body: MessageBody, tlvs: readonly Tlv[]): ReadReceipt | undefined {
  const type = body.esmClass & ESM_CLASS.typeMask;
  if (type !== ESM_CLASS.receipt && type !== ESM_CLASS.intermediate) return undefined;
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
