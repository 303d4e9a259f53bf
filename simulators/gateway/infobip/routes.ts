import type { DoorOperation } from '../../kernel/events.ts';
import type { Call } from '../api/answer.ts';
import type { Operation } from '../api/routes.ts';
import type { InfobipContext, Routing } from './context.ts';
import { pullLogs, pullReports } from './pull.ts';
import { notifyCapability, queryCapability, sendEvents } from './reach.ts';
import { sendRcs, sendSms } from './send.ts';

export interface InfobipRoute extends Operation {
  /** Named in the history when the request is refused before it is read. */
  readonly operation: DoorOperation;
  readonly read: (context: InfobipContext, routing: Routing) => Call;
}

const SOURCE = 'https://www.infobip.com/docs/api/channels/rcs; its client for Java, RcsApi';

type Row = readonly [
  method: Operation['method'],
  path: string,
  operation: DoorOperation,
  does: string,
  read: InfobipRoute['read'],
];

const ROWS: readonly Row[] = [
  ['POST', '/rcs/2/messages', 'send', 'Send RCS messages, with SMS failover', sendRcs],
  ['POST', '/sms/3/messages', 'send', 'Send SMS messages', sendSms],
  ['GET', '/rcs/2/reports', 'query', 'Pull delivery reports, each once', pullReports],
  ['GET', '/rcs/2/logs', 'query', 'Read what became of messages', pullLogs],
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
  ([method, path, operation, does, read]) => ({
    method,
    path,
    does,
    source: SOURCE,
    operation,
    read,
  }),
);
