/** The fields of each PDU's body in wire order, as data (SMPP 3.4 §4). */
import type { Command } from './pdu.ts';
import { COMMAND_STATUS } from './status.ts';

/**
 * C-octet string with its longest wire length, NUL included; one octet; counted octets; the lists
 * of submit_multi and its answer (see `lists.ts`).
 */
export type Field = readonly [
  name: string,
  type: 'cstring' | 'octet' | 'counted' | 'destinations' | 'unsuccessful',
  most?: number,
];

const SOURCE: readonly Field[] = [
  ['sourceAddrTon', 'octet'],
  ['sourceAddrNpi', 'octet'],
  ['sourceAddr', 'cstring', 21],
];
const DESTINATION: readonly Field[] = [
  ['destAddrTon', 'octet'],
  ['destAddrNpi', 'octet'],
  ['destinationAddr', 'cstring', 21],
];
const BIND: readonly Field[] = [
  ['systemId', 'cstring', 16],
  ['password', 'cstring', 9],
  ['systemType', 'cstring', 13],
  ['interfaceVersion', 'octet'],
  ['addrTon', 'octet'],
  ['addrNpi', 'octet'],
  ['addressRange', 'cstring', 41],
];
const BIND_RESP: readonly Field[] = [['systemId', 'cstring', 16]];
const CONTENT: readonly Field[] = [
  ['esmClass', 'octet'],
  ['protocolId', 'octet'],
  ['priorityFlag', 'octet'],
  ['scheduleDeliveryTime', 'cstring', 17],
  ['validityPeriod', 'cstring', 17],
  ['registeredDelivery', 'octet'],
  ['replaceIfPresentFlag', 'octet'],
  ['dataCoding', 'octet'],
  ['smDefaultMsgId', 'octet'],
  ['shortMessage', 'counted', 254],
];
const SERVICE: Field = ['serviceType', 'cstring', 6];
const MESSAGE: readonly Field[] = [SERVICE, ...SOURCE, ...DESTINATION, ...CONTENT];
const MESSAGE_ID: readonly Field[] = [['messageId', 'cstring', 65]];

export const FIELDS: { readonly [C in Command]: readonly Field[] } = {
  generic_nack: [],
  bind_receiver: BIND,
  bind_receiver_resp: BIND_RESP,
  bind_transmitter: BIND,
  bind_transmitter_resp: BIND_RESP,
  query_sm: [...MESSAGE_ID, ...SOURCE],
  query_sm_resp: [
    ...MESSAGE_ID,
    ['finalDate', 'cstring', 17],
    ['messageState', 'octet'],
    ['errorCode', 'octet'],
  ],
  submit_sm: MESSAGE,
  submit_sm_resp: MESSAGE_ID,
  deliver_sm: MESSAGE,
  deliver_sm_resp: MESSAGE_ID,
  unbind: [],
  unbind_resp: [],
  cancel_sm: [SERVICE, ...MESSAGE_ID, ...SOURCE, ...DESTINATION],
  cancel_sm_resp: [],
  replace_sm: [
    ...MESSAGE_ID,
    ...SOURCE,
    ['scheduleDeliveryTime', 'cstring', 17],
    ['validityPeriod', 'cstring', 17],
    ['registeredDelivery', 'octet'],
    ['smDefaultMsgId', 'octet'],
    ['shortMessage', 'counted', 254],
  ],
  replace_sm_resp: [],
  bind_transceiver: BIND,
  bind_transceiver_resp: BIND_RESP,
  outbind: [
    ['systemId', 'cstring', 16],
    ['password', 'cstring', 9],
  ],
  enquire_link: [],
  enquire_link_resp: [],
  submit_multi: [SERVICE, ...SOURCE, ['destinations', 'destinations', 254], ...CONTENT],
  submit_multi_resp: [...MESSAGE_ID, ['unsuccessful', 'unsuccessful', 254]],
  alert_notification: [
    ['sourceAddrTon', 'octet'],
    ['sourceAddrNpi', 'octet'],
    ['sourceAddr', 'cstring', 65],
    ['esmeAddrTon', 'octet'],
    ['esmeAddrNpi', 'octet'],
    ['esmeAddr', 'cstring', 65],
  ],
  data_sm: [
    SERVICE,
    ...SOURCE,
    ...DESTINATION,
    ['esmClass', 'octet'],
    ['registeredDelivery', 'octet'],
    ['dataCoding', 'octet'],
  ],
  data_sm_resp: MESSAGE_ID,
};

/** What a too long field is answered with, where SMPP has a word of its own. */
export const FIELD_STATUS: Readonly<Record<string, number>> = {
  systemId: COMMAND_STATUS.ESME_RINVSYSID,
  password: COMMAND_STATUS.ESME_RINVPASWD,
  systemType: COMMAND_STATUS.ESME_RINVSYSTYP,
  serviceType: COMMAND_STATUS.ESME_RINVSERTYP,
  sourceAddr: COMMAND_STATUS.ESME_RINVSRCADR,
  destinationAddr: COMMAND_STATUS.ESME_RINVDSTADR,
  scheduleDeliveryTime: COMMAND_STATUS.ESME_RINVSCHED,
  validityPeriod: COMMAND_STATUS.ESME_RINVEXPIRY,
  messageId: COMMAND_STATUS.ESME_RINVMSGID,
  shortMessage: COMMAND_STATUS.ESME_RINVMSGLEN,
};
