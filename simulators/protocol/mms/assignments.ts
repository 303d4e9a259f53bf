/**
 * Assigned numbers of MMS encapsulation (OMA-TS-MMS_ENC-V1_3 §7.3, table 12 and the values of each
 * field) and of WSP content types (OMNA WSP registries), as far as they are used here.
 */

/** X-Mms-Message-Type. */
export const MESSAGE_TYPES = {
  'm-send-req': 128,
  'm-send-conf': 129,
  'm-notification-ind': 130,
  'm-notifyresp-ind': 131,
  'm-retrieve-conf': 132,
  'm-acknowledge-ind': 133,
  'm-delivery-ind': 134,
  'm-read-rec-ind': 135,
  'm-read-orig-ind': 136,
} as const;
export type MmsType = keyof typeof MESSAGE_TYPES;

/** X-Mms-Status. */
export const STATUSES = {
  expired: 128,
  retrieved: 129,
  rejected: 130,
  deferred: 131,
  unrecognised: 132,
  indeterminate: 133,
  forwarded: 134,
  unreachable: 135,
} as const;
export type MmsStatus = keyof typeof STATUSES;

/** X-Mms-Response-Status, of a submission. */
export const RESPONSE_STATUSES = {
  ok: 128,
  'error-transient-failure': 192,
  'error-transient-network-problem': 195,
  'error-permanent-failure': 224,
  'error-permanent-service-denied': 225,
  'error-permanent-message-format-corrupt': 226,
  'error-permanent-sending-address-unresolved': 227,
  'error-permanent-message-not-found': 228,
  'error-permanent-content-not-accepted': 229,
} as const;
export type MmsResponseStatus = keyof typeof RESPONSE_STATUSES;

/** X-Mms-Retrieve-Status; absent in a message that was retrieved. */
export const RETRIEVE_STATUSES = {
  ok: 128,
  'error-transient-failure': 192,
  'error-transient-message-not-found': 193,
  'error-transient-network-problem': 194,
  'error-permanent-failure': 224,
  'error-permanent-service-denied': 225,
  'error-permanent-message-not-found': 226,
  'error-permanent-content-unsupported': 227,
} as const;
export type MmsRetrieveStatus = keyof typeof RETRIEVE_STATUSES;

/** X-Mms-Read-Status. */
export const READ_STATUSES = { read: 128, 'deleted-without-being-read': 129 } as const;
export type MmsReadStatus = keyof typeof READ_STATUSES;

/** X-Mms-Message-Class, where it is a token. */
export const MESSAGE_CLASSES = {
  personal: 128,
  advertisement: 129,
  informational: 130,
  auto: 131,
} as const;
export type MmsMessageClass = keyof typeof MESSAGE_CLASSES;

/** X-Mms-Priority. */
export const PRIORITIES = { low: 128, normal: 129, high: 130 } as const;
export type MmsPriority = keyof typeof PRIORITIES;

/** Yes and No of X-Mms-Delivery-Report, -Read-Report and -Report-Allowed. */
export const YES = 128;
export const NO = 129;

/** Version 1.3: major in bits 4 to 6, minor below, and the high bit of a short integer. */
export const VERSION_1_3 = 0x13;

/**
 * How a carrier's network names the line that calls its MMS centre, as WAP gateways do; no phone
 * can choose it.
 */
export const CALLER_HEADER = 'x-up-calling-line-id';

/** Well-known content types: number → name. */
export const CONTENT_TYPES: ReadonlyMap<number, string> = new Map([
  [0x03, 'text/plain'],
  [0x1d, 'image/gif'],
  [0x1e, 'image/jpeg'],
  [0x20, 'image/png'],
  [0x23, 'application/vnd.wap.multipart.mixed'],
  [0x33, 'application/vnd.wap.multipart.related'],
  [0x3e, 'application/vnd.wap.mms-message'],
]);

export const MULTIPART_RELATED = 'application/vnd.wap.multipart.related';
export const MMS_MESSAGE = 'application/vnd.wap.mms-message';
export const SMIL = 'application/smil';

/** The name of an assigned number; undefined when it is none of these. */
export function wordOf<W extends string>(
  table: Readonly<Record<W, number>>,
  value: number,
): W | undefined {
  const entry = Object.entries(table).find(([, assigned]) => assigned === value);
  return entry?.[0] as W | undefined;
}
