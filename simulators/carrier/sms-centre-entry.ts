import type { ServiceEntry } from '../kernel/service-entry.ts';
import { COMMAND_STATUS } from '../protocol/smpp/status.ts';

const smpp = (section: string): string => `SMPP 3.4 §${section}`;

/** Of the standard's table, what nothing here leads to. */
const NEVER = [
  'ESME_RCNTSUBDL',
  'ESME_RINVDFTMSGID',
  'ESME_RINVDSTNPI',
  'ESME_RINVDSTTON',
  'ESME_RINVNUMMSGS',
  'ESME_RINVSRCNPI',
  'ESME_RINVSRCTON',
  'ESME_RINVSUBREP',
];

/** The SMS centre of every carrier with `sms: on`. */
export const smsCentreEntry: ServiceEntry = {
  name: 'sms-centre',
  doc: 'An SMS centre that applications bind to: SMPP 3.4, store and forward, receipts.',
  docs: 'https://smpp.org/SMPP_v3_4_Issue1_2.pdf',
  guide: 'sms-centre.md',
  file: 'simulators/carrier/sms-centre-entry.ts',
  hosts: [],
  placeholders: 'sms.',
  operations: [
    {
      what: 'bind_transmitter, bind_receiver, bind_transceiver',
      does: 'begins a session; below version 3.4 the answer has no optional parameters',
      source: smpp('4.1'),
    },
    {
      what: 'submit_sm',
      does:
        'GSM-7, UCS-2, Latin-1, ASCII, binary; in parts by user data header or `sar_*`, whole in ' +
        '`message_payload`; validity, schedule, registered_delivery, replace_if_present_flag',
      source: `${smpp('4.4')}; 3GPP TS 23.040, TS 23.038`,
    },
    { what: 'data_sm', does: 'the same with `message_payload`', source: smpp('4.7') },
    {
      what: 'submit_multi',
      does: 'one message each to at most 254 numbers under one id, the others in unsuccess_sme',
      source: smpp('4.5'),
    },
    {
      what: 'query_sm',
      does: 'tells its sender ENROUTE, or how and when it ended (of the last 4,096)',
      source: smpp('4.8'),
    },
    {
      what: 'cancel_sm',
      does: 'takes back one by its id, or all from one sender to one recipient',
      source: smpp('4.9'),
    },
    {
      what: 'replace_sm',
      does: 'another text, times and registered_delivery for what still waits, in one part',
      source: smpp('4.10'),
    },
    {
      what: 'enquire_link, unbind',
      does: 'answered; keep-alives leave no trace in the history',
      source: `${smpp('4.11')}, ${smpp('4.2').slice(-4)}`,
    },
    {
      what: 'deliver_sm (sent)',
      does: 'receipts, intermediate notifications, texts from phones; ten at a time to a session',
      source: `${smpp('4.6')}, appendix B`,
    },
    {
      what: 'outbind (sent)',
      does: 'the centre calls an application to bind as a receiver; from the library only',
      source: smpp('4.1.7'),
    },
  ],
  rules: [
    {
      when: 'a system_id, a password that it does not know; a second bind on one connection',
      answer: 'ESME_RINVSYSID, ESME_RINVPASWD; ESME_RALYBND',
      source: smpp('5.1.3'),
    },
    {
      when: 'more binds than the profile lets in',
      answer: 'ESME_RBINDFAIL',
      source: 'general knowledge of providers',
    },
    {
      when: 'a submission from a receiver, a bind that is missing',
      answer: 'ESME_RINVBNDSTS',
      source: smpp('2.2'),
    },
    {
      when: 'more submissions unanswered than its window',
      answer: 'ESME_RTHROTTLED',
      source: `${smpp('2.9')}; general knowledge of providers`,
    },
    {
      when: 'more messages waiting than its queue holds',
      answer: 'ESME_RMSGQFUL',
      source: smpp('5.1.3'),
    },
    {
      when: 'another PDU',
      answer: 'generic_nack with ESME_RINVCMDID',
      source: smpp('4.3'),
    },
    {
      when: 'a damaged PDU',
      answer: 'the status of the damaged field; the report names it and its octet',
      source: smpp('5.1.3'),
    },
    {
      when: 'a command_length that cannot be',
      answer: 'generic_nack with ESME_RINVCMDLEN, and the end of the connection',
      source: `${smpp('4.3')}: there is no way to find the next PDU`,
    },
    {
      when: 'a distribution list in submit_multi; none of several numbers can be taken',
      answer: 'ESME_RINVDLNAME; ESME_RSUBMITFAIL',
      source: smpp('4.5'),
    },
    {
      when: 'deliver_sm refused or not answered within 30 s',
      answer: 'sent again every 5 s, ten times; ESME_RX_P_APPN, ESME_RX_R_APPN end that at once',
      source: `${smpp('5.1.3')}; the figures are ours`,
    },
    {
      when: 'fault refuse',
      answer: 'a status of your choice among the eleven that [its page](../faults.md) names',
      source: smpp('5.1.3'),
    },
  ],
  errors: Object.entries(COMMAND_STATUS)
    .filter(([code, value]) => value !== 0 && !NEVER.includes(code))
    .map(([code, value]) => ({ code, status: `0x${value.toString(16).padStart(8, '0')}` })),
  differences: [
    'outbind and alert_notification are spoken: the centre can call, but no scenario makes it do ' +
      'so, and it never sends alert_notification.',
    'The transaction mode of esm_class is served as store and forward; in datagram mode nothing ' +
      'is stored.',
    'source_addr is not checked against what was bound; address_range does not route.',
    'Distribution lists are not kept.',
    `Of the standard’s statuses these are never answered: ${NEVER.join(', ')}.`,
  ],
  sources: [
    'SMPP Protocol Specification v3.4, issue 1.2',
    'smpp 0.5.1 (npm) and Kannel 1.4.5 (Debian) as published drive it in tests',
  ],
};
