import type { DoorOperation } from '../../kernel/events.ts';
import type { Call } from '../api/answer.ts';
import type { Operation } from '../api/routes.ts';
import type { Routing, SinchContext } from './context.ts';
import {
  getApp,
  getConversation,
  listApps,
  listConversations,
  stopConversation,
} from './conversations.ts';
import {
  deleteMessage,
  fetchLastMessages,
  getMessage,
  listMessages,
  updateMessage,
} from './messages.ts';
import {
  createContact,
  deleteContact,
  getContact,
  listContacts,
  queryCapability,
  sendEvent,
  updateContact,
} from './reach.ts';
import { sendMessage } from './send.ts';
import { issueToken } from './token.ts';
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  updateWebhook,
} from './webhooks.ts';

export interface SinchRoute extends Operation {
  /** Named in the history when the request is refused before it is read. */
  readonly operation: DoorOperation;
  /** Reads its own credentials (the token endpoint). */
  readonly open?: true;
  readonly read: (context: SinchContext, routing: Routing) => Call;
}

const PROJECT = '/v1/projects/{project}';
const REFERENCE = 'https://developers.sinch.com/docs/conversation/api-reference';
const SDK = '@sinch/conversation 1.4.0';

type Row = readonly [
  method: Operation['method'],
  path: string,
  operation: DoorOperation,
  does: string,
  read: SinchRoute['read'],
];

const ROWS: readonly Row[] = [
  [
    'POST',
    '/messages:send',
    'send',
    'Send a message by the first channel that takes it',
    sendMessage,
  ],
  ['GET', '/messages', 'query', 'List messages, newest first', listMessages],
  ['GET', '/messages/{message}', 'query', 'Get a message', getMessage],
  ['PATCH', '/messages/{message}', 'query', "Change a message's metadata", updateMessage],
  ['DELETE', '/messages/{message}', 'query', 'Delete a message from the store', deleteMessage],
  [
    'POST',
    '/messages:fetch-last-message',
    'query',
    'List the last message of each identity or contact',
    fetchLastMessages,
  ],
  [
    'POST',
    '/capability:query',
    'capability',
    'Look up what a recipient can receive; the answer comes by callback',
    queryCapability,
  ],
  ['POST', '/events:send', 'event', 'Send typing and other events', sendEvent],
  ['POST', '/contacts', 'query', 'Create a contact', createContact],
  ['GET', '/contacts', 'query', 'List contacts', listContacts],
  ['GET', '/contacts/{contact}', 'query', 'Get a contact', getContact],
  ['PATCH', '/contacts/{contact}', 'query', "Change a contact's name", updateContact],
  ['DELETE', '/contacts/{contact}', 'query', 'Delete a contact', deleteContact],
  ['GET', '/apps', 'query', 'List apps: there is one', listApps],
  ['GET', '/apps/{app}', 'query', 'Get the app', getApp],
  ['GET', '/apps/{app}/webhooks', 'query', 'List webhooks made by the API', listWebhooks],
  ['POST', '/webhooks', 'query', 'Create a webhook, told by its triggers', createWebhook],
  ['GET', '/webhooks/{webhook}', 'query', 'Get a webhook', getWebhook],
  ['PATCH', '/webhooks/{webhook}', 'query', 'Change a webhook', updateWebhook],
  ['DELETE', '/webhooks/{webhook}', 'query', 'Delete a webhook', deleteWebhook],
  ['GET', '/conversations', 'query', 'List conversations', listConversations],
  ['GET', '/conversations/{conversation}', 'query', 'Get a conversation', getConversation],
  [
    'POST',
    '/conversations/{conversation}:stop',
    'query',
    'End a conversation until the next message',
    stopConversation,
  ],
];

/** The Conversation API, and the token endpoint of auth.sinch.com. */
export const SINCH_ROUTES: readonly SinchRoute[] = [
  {
    method: 'POST',
    path: '/oauth2/token',
    does: 'Give an access token for an access key (client credentials)',
    source: 'https://developers.sinch.com/docs/conversation/api-reference/authentication',
    operation: 'token',
    open: true,
    read: issueToken,
  },
  ...ROWS.map(([method, path, operation, does, read]) => ({
    method,
    path: `${PROJECT}${path}`,
    does,
    source: `${REFERENCE}; ${SDK}`,
    operation,
    read,
  })),
];
