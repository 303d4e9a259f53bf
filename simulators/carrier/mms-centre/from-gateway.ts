/** What a gateway hands to an MMS centre for one person (MM7_submit, 3GPP TS 23.140 §8.7.1). */
import type { GatewayMms } from '../../network/bearer.ts';
import type { MmsStatus } from '../../protocol/mms/assignments.ts';
import { VERSION_1_3 } from '../../protocol/mms/assignments.ts';
import { composeMms, mmsAddress } from '../../protocol/mms/message.ts';
import type { MmsPdu } from '../../protocol/mms/pdu.ts';
import { encodeMms } from '../../protocol/mms/pdu.ts';
import type { MmsItem } from './item.ts';

const ENDS: Readonly<Partial<Record<MmsStatus, Parameters<GatewayMms['ended']>[0]>>> = {
  retrieved: 'delivered',
  expired: 'expired',
};

export interface FromGateway {
  /** `mms:<n>`; and as MM7 would name it to the gateway. */
  readonly wire: string;
  readonly messageId: string;
  /** msisdn of the person. */
  readonly to: string;
  readonly maxBytes: number;
  readonly expiresAtMicros: number;
}

/** As it lies at the centre; undefined when it is larger than the centre takes. */
export function gatewayItem(mms: GatewayMms, facts: FromGateway): MmsItem | undefined {
  const { wire, messageId, to, maxBytes, expiresAtMicros } = facts;
  const sent: MmsPdu = {
    type: 'm-send-req',
    transactionId: mms.wire,
    version: VERSION_1_3,
    from: mmsAddress(mms.from),
    to: [mmsAddress(to)],
    messageClass: 'personal',
    priority: 'normal',
    ...composeMms(mms.text, mms.files),
  };
  const bytes = encodeMms(sent).length;
  if (bytes > maxBytes) return undefined;
  return {
    wire,
    parent: mms.wire,
    messageId,
    from: mms.from,
    person: mms.person,
    to,
    sent,
    bytes,
    message: mms.message,
    expiresAtMicros,
    ended: (status) => mms.ended(ENDS[status] ?? 'failed'),
  };
}
