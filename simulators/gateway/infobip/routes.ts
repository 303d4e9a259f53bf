import type { DoorOperation } from '../../kernel/events.ts';
import type { Call } from '../api/answer.ts';
import type { Operation } from '../api/routes.ts';
import type { InfobipContext, Routing } from './context.ts';
import { pullLogs, pullReports, pullSmsLogs, pullSmsReports } from './pull.ts';
import { notifyCapability, queryCapability, sendEvents } from './reach.ts';
import { sendRcs, sendSms } from './send.ts';

export interface InfobipRoute extends Operation {
  /** Named in the history when the request is refused before it is read. */
  readonly operation: DoorOperation;
  readonly read: (context: InfobipContext, routing: Routing) => Call;
}

const SMS_SOURCE =
  'https://www.infobip.com/docs/api/channels/sms/logs-and-status-reports; infobip-sms-sdk 0.1.0';
const SOURCE = 'https://www.infobip.com/docs/api/channels/rcs; its client for Java, RcsApi';

type Row = readonly [
  method: Operation['method'],
  path: string,
  operation: DoorOperation,
  does: string,
  read: InfobipRoute['read'],
  source?: string,
];

const ROWS: readonly Row[] = [
  ['POST', '/rcs/2/messages', 'send', 'Send RCS messages, with SMS failover', sendRcs],
  ['POST', '/sms/3/messages', 'send', 'Send SMS messages', sendSms],
  ['GET', '/rcs/2/reports', 'query', 'Pull delivery reports, each once', pullReports],
  ['GET', '/rcs/2/logs', 'query', 'Read what became of messages', pullLogs],
  [
    'GET',
    '/sms/3/reports',
    'query',
    'Pull delivery reports of SMS, each once',
    pullSmsReports,
    SMS_SOURCE,
  ],
  ['GET', '/sms/3/logs', 'query', 'Read what became of SMS', pullSmsLogs, SMS_SOURCE],
  [
    'POST',
    '/rcs/2/capability-check/query',
    'capability',
    'Ask which numbers have RCS',
    queryCapability,
  ],
  [
    'POST',
    '/rcs/2/capability-check/notify',
    'capability',
    'Ask which numbers have RCS; the answers come to notifyUrl',
    notifyCapability,
  ],
  ['POST', '/rcs/1/events', 'event', 'Send typing and seen', sendEvents],
];

export const INFOBIP_ROUTES: readonly InfobipRoute[] = ROWS.map(
  ([method, path, operation, does, read, source = SOURCE]) => ({
    method,
    path,
    does,
    source,
    operation,
    read,
  }),
);
