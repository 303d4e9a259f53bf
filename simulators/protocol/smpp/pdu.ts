/**
 * PDUs of SMPP 3.4 as data. Field names are the specification's in camelCase; addresses, times and
 * message ids are C-octet strings without their NUL (latin1); TLVs are kept in order, known or not.
 */

/** Wire ids, §5.1.2.1; a response has the highest bit set. */
export const COMMAND_IDS = {
  generic_nack: 0x8000_0000,
  bind_receiver: 0x01,
  bind_receiver_resp: 0x8000_0001,
  bind_transmitter: 0x02,
  bind_transmitter_resp: 0x8000_0002,
  query_sm: 0x03,
  query_sm_resp: 0x8000_0003,
  submit_sm: 0x04,
  submit_sm_resp: 0x8000_0004,
  deliver_sm: 0x05,
  deliver_sm_resp: 0x8000_0005,
  unbind: 0x06,
  unbind_resp: 0x8000_0006,
  replace_sm: 0x07,
  replace_sm_resp: 0x8000_0007,
  cancel_sm: 0x08,
  cancel_sm_resp: 0x8000_0008,
  bind_transceiver: 0x09,
  bind_transceiver_resp: 0x8000_0009,
  outbind: 0x0b,
  enquire_link: 0x15,
  enquire_link_resp: 0x8000_0015,
  submit_multi: 0x21,
  submit_multi_resp: 0x8000_0021,
  alert_notification: 0x102,
  data_sm: 0x103,
  data_sm_resp: 0x8000_0103,
} as const satisfies Record<string, number>;
export type Command = keyof typeof COMMAND_IDS;

/** §4.1. */
export interface BindBody {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly interfaceVersion: number;
  readonly addrTon: number;
  readonly addrNpi: number;
  readonly addressRange: string;
}

export interface BindRespBody {
  readonly systemId: string;
}

/** submit_sm (§4.4.1) and deliver_sm (§4.6.1) have the same fields. */
export interface MessageBody {
  readonly serviceType: string;
  readonly sourceAddrTon: number;
  readonly sourceAddrNpi: number;
  readonly sourceAddr: string;
  readonly destAddrTon: number;
  readonly destAddrNpi: number;
  readonly destinationAddr: string;
  readonly esmClass: number;
  readonly protocolId: number;
  readonly priorityFlag: number;
  readonly scheduleDeliveryTime: string;
  readonly validityPeriod: string;
  readonly registeredDelivery: number;
  readonly replaceIfPresentFlag: number;
  readonly dataCoding: number;
  readonly smDefaultMsgId: number;
  /** At most 254 octets; longer ones go into the TLV message_payload. */
  readonly shortMessage: Uint8Array;
}

/** §4.7.1. */
export interface DataBody {
  readonly serviceType: string;
  readonly sourceAddrTon: number;
  readonly sourceAddrNpi: number;
  readonly sourceAddr: string;
  readonly destAddrTon: number;
  readonly destAddrNpi: number;
  readonly destinationAddr: string;
  readonly esmClass: number;
  readonly registeredDelivery: number;
  readonly dataCoding: number;
}

/** submit_sm_resp, deliver_sm_resp, data_sm_resp. */
export interface MessageIdBody {
  readonly messageId: string;
}

/** §4.8.1. */
export interface QueryBody {
  readonly messageId: string;
  readonly sourceAddrTon: number;
  readonly sourceAddrNpi: number;
  readonly sourceAddr: string;
}

/** §4.8.2. */
export interface QueryRespBody {
  readonly messageId: string;
  readonly finalDate: string;
  readonly messageState: number;
  readonly errorCode: number;
}

/** §4.9.1. */
export interface CancelBody {
  readonly serviceType: string;
  readonly messageId: string;
  readonly sourceAddrTon: number;
  readonly sourceAddrNpi: number;
  readonly sourceAddr: string;
  readonly destAddrTon: number;
  readonly destAddrNpi: number;
  readonly destinationAddr: string;
}

/** §4.10.1: the fields of the waiting message that change. */
export interface ReplaceBody {
  readonly messageId: string;
  readonly sourceAddrTon: number;
  readonly sourceAddrNpi: number;
  readonly sourceAddr: string;
  /** '' leaves the time as it is, and so do those below. */
  readonly scheduleDeliveryTime: string;
  readonly validityPeriod: string;
  readonly registeredDelivery: number;
  readonly smDefaultMsgId: number;
  readonly shortMessage: Uint8Array;
}

/** §4.1.7.1; nothing answers it: the ESME binds as a receiver on the same connection. */
export interface OutbindBody {
  readonly systemId: string;
  readonly password: string;
}

/** §4.12.1; it has no answer. */
export interface AlertBody {
  readonly sourceAddrTon: number;
  readonly sourceAddrNpi: number;
  readonly sourceAddr: string;
  readonly esmeAddrTon: number;
  readonly esmeAddrNpi: number;
  readonly esmeAddr: string;
}

/** One of submit_multi's destinations, §4.5.1.1: a number, or a distribution list's name. */
export type Destination =
  | {
      readonly destAddrTon: number;
      readonly destAddrNpi: number;
      readonly destinationAddr: string;
    }
  | { readonly listName: string };

/** §4.5.1: a submit_sm to at most 254 destinations. */
export interface MultiBody extends Omit<
  MessageBody,
  'destAddrTon' | 'destAddrNpi' | 'destinationAddr'
> {
  readonly destinations: readonly Destination[];
}

/** §4.5.2.1: a destination that was not taken, and why. */
export interface Unsuccess {
  readonly destAddrTon: number;
  readonly destAddrNpi: number;
  readonly destinationAddr: string;
  /** A command_status. */
  readonly errorStatus: number;
}

/** §4.5.2. */
export interface MultiRespBody {
  readonly messageId: string;
  readonly unsuccessful: readonly Unsuccess[];
}

export type EmptyBody = Readonly<Record<string, never>>;

export interface Bodies {
  readonly generic_nack: EmptyBody;
  readonly bind_receiver: BindBody;
  readonly bind_receiver_resp: BindRespBody;
  readonly bind_transmitter: BindBody;
  readonly bind_transmitter_resp: BindRespBody;
  readonly query_sm: QueryBody;
  readonly query_sm_resp: QueryRespBody;
  readonly submit_sm: MessageBody;
  readonly submit_sm_resp: MessageIdBody;
  readonly deliver_sm: MessageBody;
  readonly deliver_sm_resp: MessageIdBody;
  readonly unbind: EmptyBody;
  readonly unbind_resp: EmptyBody;
  readonly replace_sm: ReplaceBody;
  readonly replace_sm_resp: EmptyBody;
  readonly cancel_sm: CancelBody;
  readonly cancel_sm_resp: EmptyBody;
  readonly bind_transceiver: BindBody;
  readonly bind_transceiver_resp: BindRespBody;
  readonly outbind: OutbindBody;
  readonly enquire_link: EmptyBody;
  readonly enquire_link_resp: EmptyBody;
  readonly submit_multi: MultiBody;
  readonly submit_multi_resp: MultiRespBody;
  readonly alert_notification: AlertBody;
  readonly data_sm: DataBody;
  readonly data_sm_resp: MessageIdBody;
}

/** An optional parameter, §5.3. */
export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

export type PduOf<C extends Command> = {
  readonly command: C;
  /** command_status: 0 in requests. */
  readonly status: number;
  /** 1…0x7FFFFFFF. */
  readonly sequence: number;
  readonly body: Bodies[C];
  readonly tlvs: readonly Tlv[];
};
export type Pdu = { [C in Command]: PduOf<C> }[Command];

/** Tags that we set or read, §5.3.2. */
export const TLV_TAGS = {
  receipted_message_id: 0x001e,
  user_message_reference: 0x0204,
  sar_msg_ref_num: 0x020c,
  sar_total_segments: 0x020e,
  sar_segment_seqnum: 0x020f,
  sc_interface_version: 0x0210,
  network_error_code: 0x0423,
  message_payload: 0x0424,
  more_messages_to_send: 0x0426,
  message_state: 0x0427,
} as const satisfies Record<string, number>;
export type TlvName = keyof typeof TLV_TAGS;

/** The value of the first TLV with this name. */
export function tlvValue(tlvs: readonly Tlv[], name: TlvName): Uint8Array | undefined {
  const tag = TLV_TAGS[name];
  for (const tlv of tlvs) if (tlv.tag === tag) return tlv.value;
  return undefined;
}

/** Its value as an unsigned integer, whatever its width. */
export function tlvNumber(tlvs: readonly Tlv[], name: TlvName): number | undefined {
  const value = tlvValue(tlvs, name);
  return value?.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Its value as a C-octet string. */
export function tlvText(tlvs: readonly Tlv[], name: TlvName): string | undefined {
  const value = tlvValue(tlvs, name);
  return value === undefined
    ? undefined
    : Buffer.from(value).toString('latin1').replace(/\0.*/s, '');
}

/** esm_class bits, §5.2.12. */
export const ESM_CLASS = {
  modeMask: 0x03,
  datagram: 0x01,
  receipt: 0x04,
  /** An intermediate notification: the message is still under way. */
  intermediate: 0x20,
  udhi: 0x40,
  featureMask: 0xc0,
  typeMask: 0x3c,
} as const;

/** registered_delivery bits, §5.2.17. */
export const REGISTERED = {
  /** 0 none, 1 every result, 2 failures only; 3 (SMPP 5.0) successes only. */
  receiptMask: 0x03,
  intermediate: 0x10,
  /** What SMPP 3.4 gives no meaning to. */
  reserved: 0xe0,
} as const;

/** message_state values, §5.2.28. */
export const MESSAGE_STATES = {
  ENROUTE: 1,
  DELIVERED: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIVERABLE: 5,
  ACCEPTED: 6,
  UNKNOWN: 7,
  REJECTED: 8,
} as const satisfies Record<string, number>;
export type MessageState = keyof typeof MESSAGE_STATES;

const NO_ADDRESSES = {
  sourceAddrTon: 0,
  sourceAddrNpi: 0,
  sourceAddr: '',
  destAddrTon: 0,
  destAddrNpi: 0,
  destinationAddr: '',
} as const;

/** A message body with everything that is not given at its protocol default. */
export function messageBody(given: Partial<MessageBody>): MessageBody {
  return {
    serviceType: '',
    ...NO_ADDRESSES,
    esmClass: 0,
    protocolId: 0,
    priorityFlag: 0,
    scheduleDeliveryTime: '',
    validityPeriod: '',
    registeredDelivery: 0,
    replaceIfPresentFlag: 0,
    dataCoding: 0,
    smDefaultMsgId: 0,
    shortMessage: new Uint8Array(0),
    ...given,
  };
}
