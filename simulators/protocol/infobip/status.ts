/**
 * Message status and error objects of Infobip
 * (https://www.infobip.com/docs/developer-resources/api-fundamentals/message-status-codes).
 */
export interface InfobipStatus {
  readonly groupId: number;
  readonly groupName: string;
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

function status(
  groupId: number,
  groupName: string,
  id: number,
  name: string,
  description: string,
): InfobipStatus {
  return Object.freeze({ groupId, groupName, id, name, description });
}

/** Those that this simulator tells, by name. Groups: 1 to 5. */
export const INFOBIP_STATUS = {
  accepted: status(1, 'PENDING', 26, 'MESSAGE_ACCEPTED', 'Message sent to next instance'),
  enroute: status(1, 'PENDING', 7, 'PENDING_ENROUTE', 'Message sent to next instance'),
  undelivered: status(
    2,
    'UNDELIVERABLE',
    9,
    'UNDELIVERABLE_NOT_DELIVERED',
    'Message sent not delivered',
  ),
  delivered: status(3, 'DELIVERED', 5, 'DELIVERED_TO_HANDSET', 'Message delivered to handset'),
  expired: status(4, 'EXPIRED', 15, 'EXPIRED_EXPIRED', 'Message expired'),
  unregistered: status(
    5,
    'REJECTED',
    18,
    'REJECTED_DESTINATION_NOT_REGISTERED',
    'Destination not registered',
  ),
  unrouted: status(5, 'REJECTED', 19, 'REJECTED_ROUTE_NOT_AVAILABLE', 'Route not available'),
  duplicate: status(5, 'REJECTED', 23, 'REJECTED_DUPLICATE_MESSAGE_ID', 'Duplicate messageId'),
} as const;

export type InfobipStatusName = keyof typeof INFOBIP_STATUS;

export interface InfobipError extends InfobipStatus {
  /** A retry can never succeed. */
  readonly permanent: boolean;
}

function error(
  groupId: number,
  groupName: string,
  id: number,
  name: string,
  description: string,
  permanent: boolean,
): InfobipError {
  return Object.freeze({ groupId, groupName, id, name, description, permanent });
}

/** The `error` object that goes with a status. */
export const INFOBIP_ERROR: Readonly<Record<InfobipStatusName, InfobipError>> = {
  accepted: error(0, 'OK', 0, 'NO_ERROR', 'No Error', false),
  enroute: error(0, 'OK', 0, 'NO_ERROR', 'No Error', false),
  delivered: error(0, 'OK', 0, 'NO_ERROR', 'No Error', false),
  undelivered: error(1, 'HANDSET_ERRORS', 27, 'EC_ABSENT_SUBSCRIBER', 'Absent Subscriber', false),
  expired: error(1, 'HANDSET_ERRORS', 27, 'EC_ABSENT_SUBSCRIBER', 'Absent Subscriber', false),
  unregistered: error(1, 'HANDSET_ERRORS', 1, 'EC_UNKNOWN_SUBSCRIBER', 'Unknown Subscriber', true),
  unrouted: error(3, 'OPERATOR_ERRORS', 255, 'EC_UNKNOWN_ERROR', 'Unknown error', false),
  duplicate: error(2, 'USER_ERRORS', 255, 'EC_UNKNOWN_ERROR', 'Unknown error', true),
};
