/** What can be wrong with a submission by itself: its fields and its optional parameters. */
import type { MessageBody, Tlv } from '../protocol/smpp/pdu.ts';
import { REGISTERED, TLV_TAGS, tlvNumber } from '../protocol/smpp/pdu.ts';
import { COMMAND_STATUS } from '../protocol/smpp/status.ts';
import { smppDelayMicros } from '../protocol/smpp/time.ts';

/** Lengths of parameters that have only one, §5.3.2. */
const TLV_BYTES: ReadonlyMap<number, number> = new Map([
  [TLV_TAGS.user_message_reference, 2],
  [TLV_TAGS.sar_msg_ref_num, 2],
  [TLV_TAGS.sar_total_segments, 1],
  [TLV_TAGS.sar_segment_seqnum, 1],
  [TLV_TAGS.more_messages_to_send, 1],
]);

const ALPHANUMERIC = 5;
/** TS 23.040 §9.1.2.5: what fits into an address. */
const LONGEST_ALPHANUMERIC = 11;
const HIGHEST_PRIORITY = 3;

/** The command_status to refuse with, or undefined. */
export function checkTimes(
  times: Pick<MessageBody, 'validityPeriod' | 'scheduleDeliveryTime'>,
  nowMillis: number,
): number | undefined {
  const { validityPeriod, scheduleDeliveryTime } = times;
  if (validityPeriod !== '' && smppDelayMicros(validityPeriod, nowMillis) === undefined) {
    return COMMAND_STATUS.ESME_RINVEXPIRY;
  }
  if (
    scheduleDeliveryTime !== '' &&
    smppDelayMicros(scheduleDeliveryTime, nowMillis) === undefined
  ) {
    return COMMAND_STATUS.ESME_RINVSCHED;
  }
  return undefined;
}

const SAR: ReadonlySet<number> = new Set([
  TLV_TAGS.sar_msg_ref_num,
  TLV_TAGS.sar_total_segments,
  TLV_TAGS.sar_segment_seqnum,
]);

function checkTlvs(body: MessageBody, tlvs: readonly Tlv[]): number | undefined {
  let sar = 0;
  for (const { tag, value } of tlvs) {
    const bytes = TLV_BYTES.get(tag);
    if (bytes !== undefined && value.length !== bytes) return COMMAND_STATUS.ESME_RINVPARLEN;
    if (tag === TLV_TAGS.message_payload && body.shortMessage.length > 0) {
      return COMMAND_STATUS.ESME_ROPTPARNOTALLWD;
    }
    if (SAR.has(tag)) sar++;
  }
  if (sar === 0) return undefined;
  if (sar < SAR.size) return COMMAND_STATUS.ESME_RMISSINGOPTPARAM;
  const total = tlvNumber(tlvs, 'sar_total_segments') ?? 0;
  const part = tlvNumber(tlvs, 'sar_segment_seqnum') ?? 0;
  return part < 1 || part > total ? COMMAND_STATUS.ESME_RINVOPTPARAMVAL : undefined;
}

/** The command_status to refuse with, or undefined. */
export function checkFields(body: MessageBody, tlvs: readonly Tlv[]): number | undefined {
  if (body.sourceAddrTon === ALPHANUMERIC && body.sourceAddr.length > LONGEST_ALPHANUMERIC) {
    return COMMAND_STATUS.ESME_RINVSRCADR;
  }
  if (body.priorityFlag > HIGHEST_PRIORITY) return COMMAND_STATUS.ESME_RINVPRTFLG;
  if ((body.registeredDelivery & REGISTERED.reserved) !== 0) {
    return COMMAND_STATUS.ESME_RINVREGDLVFLG;
  }
  if (body.replaceIfPresentFlag > 1) return COMMAND_STATUS.ESME_RINVREPFLAG;
  return tlvs.length === 0 ? undefined : checkTlvs(body, tlvs);
}
