import type { DoorOperation } from '../../kernel/events.ts';
import type { Operation } from '../api/routes.ts';
import {
  createContent,
  deleteContent,
  fetchContent,
  listContents,
  updateContent,
} from './contents.ts';
import type { TwilioRead } from './context.ts';
import { createSink, createSubscription, deleteSink, deleteSubscription } from './event-streams.ts';
import {
  deleteMessage,
  fetchAccount,
  fetchMedia,
  fetchMessage,
  listMedia,
  listMessages,
  updateMessage,
} from './message-resources.ts';
import { createMessage } from './messages.ts';
import {
  alphaSenders,
  channelSenders,
  createService,
  deleteService,
  fetchService,
  listServices,
  phoneNumbers,
  updateService,
} from './service-resources.ts';

export interface TwilioRoute extends Operation {
  /** Named in the history when the request is refused before it is read. */
  readonly operation: DoorOperation;
  readonly read: TwilioRead;
}

const ACCOUNT = '/2010-04-01/Accounts/{AccountSid}';
const MESSAGES = `${ACCOUNT}/Messages`;
const SERVICE = '/v1/Services/{ServiceSid}';
const MESSAGES_PAGE = 'Messages resource; twilio 6.2.0, rest/api/v2010/account/message';
const SERVICES_PAGE = 'Messaging Services; twilio 6.2.0, rest/messaging/v1/service';
const CONTENT_PAGE = 'Content API; twilio 6.2.0, rest/content/v1/content';
const STREAMS_PAGE = 'Event Streams; twilio 6.2.0, rest/events/v1';

type Row = readonly [Operation['method'], string, string, TwilioRead, DoorOperation?];

function rows(source: string, list: readonly Row[]): TwilioRoute[] {
  return list.map(([method, path, does, read, operation]) => ({
    method,
    path,
    does,
    source,
    operation: operation ?? 'query',
    read,
  }));
}

function senderRows(path: string, of: typeof phoneNumbers, what: string): Row[] {
  const all = `${SERVICE}/${path}`;
  return [
    ['POST', all, `adds ${what} to a service`, of.add],
    ['GET', all, `lists the ${what.replace(/^an? /, '')}s of a service`, of.list],
    ['GET', `${all}/{Sid}`, `fetches ${what} of a service`, of.fetch],
    ['DELETE', `${all}/{Sid}`, `removes ${what} from a service`, of.remove],
  ];
}

/** What of api.twilio.com, messaging, content and events.twilio.com is there. */
export const TWILIO_ROUTES: readonly TwilioRoute[] = [
  ...rows(MESSAGES_PAGE, [
    ['POST', `${MESSAGES}.json`, 'sends or schedules a message', createMessage, 'send'],
    ['GET', `${MESSAGES}.json`, 'lists messages, newest first', listMessages],
    ['GET', `${MESSAGES}/{Sid}.json`, 'fetches a message', fetchMessage],
    ['POST', `${MESSAGES}/{Sid}.json`, 'cancels or redacts a message', updateMessage],
    ['DELETE', `${MESSAGES}/{Sid}.json`, 'forgets a message', deleteMessage],
    ['GET', `${MESSAGES}/{MessageSid}/Media.json`, 'lists media of a message', listMedia],
    ['GET', `${MESSAGES}/{MessageSid}/Media/{Sid}.json`, 'fetches what media is', fetchMedia],
    ['GET', `${ACCOUNT}.json`, 'fetches the account', fetchAccount],
  ]),
  ...rows(SERVICES_PAGE, [
    ['POST', '/v1/Services', 'creates a Messaging Service', createService],
    ['GET', '/v1/Services', 'lists Messaging Services', listServices],
    ['GET', SERVICE, 'fetches a Messaging Service', fetchService],
    ['POST', SERVICE, 'changes a Messaging Service', updateService],
    ['DELETE', SERVICE, 'removes a Messaging Service', deleteService],
    ...senderRows('PhoneNumbers', phoneNumbers, 'a phone number'),
    ...senderRows('AlphaSenders', alphaSenders, 'an alphanumeric sender'),
    ...senderRows('ChannelSenders', channelSenders, 'an RCS sender'),
  ]),
  ...rows(CONTENT_PAGE, [
    ['POST', '/v1/Content', 'creates a content template', createContent],
    ['GET', '/v1/Content', 'lists content templates', listContents],
    ['GET', '/v1/Content/{Sid}', 'fetches a content template', fetchContent],
    ['PUT', '/v1/Content/{Sid}', 'changes a content template', updateContent],
    ['DELETE', '/v1/Content/{Sid}', 'removes a content template', deleteContent],
  ]),
  ...rows(STREAMS_PAGE, [
    ['POST', '/v1/Sinks', 'makes a webhook that gets events', createSink],
    ['DELETE', '/v1/Sinks/{Sid}', 'removes such a webhook', deleteSink],
    ['POST', '/v1/Subscriptions', 'chooses the events of a webhook', createSubscription],
    ['DELETE', '/v1/Subscriptions/{Sid}', 'ends a subscription', deleteSubscription],
  ]),
];
