import type { DoorOperation } from '../../kernel/events.ts';
import type { Call } from '../api/answer.ts';
import type { Operation } from '../api/routes.ts';
import { capabilities } from './capabilities.ts';
import type { Routing, VonageContext } from './context.ts';
import { sendMessage, updateMessage } from './messages.ts';

export interface VonageRoute extends Operation {
  /** Named in the history when the request is refused before it is read. */
  readonly operation: DoorOperation;
  readonly read: (context: VonageContext, routing: Routing) => Call;
}

const REFERENCE = 'https://developer.vonage.com/en/api/messages';

/** Messages API v1, and the capability check of the RCS channel manager. */
export const VONAGE_ROUTES: readonly VonageRoute[] = [
  {
    method: 'POST',
    path: '/v1/messages',
    does: 'Send a message, with others in its place should it be rejected (failover)',
    source: `${REFERENCE}; @vonage/messages 1.27`,
    operation: 'send',
    read: sendMessage,
  },
  {
    method: 'PATCH',
    path: '/v1/messages/{message_uuid}',
    does: 'Mark an inbound message as read, or revoke an RCS message',
    source: `${REFERENCE}; @vonage/messages 1.27`,
    operation: 'revoke',
    read: updateMessage,
  },
  {
    method: 'GET',
    path: '/v1/channel-manager/rcs/agents/{agent}/google/phones/{number}/capabilities',
    does: 'Ask which RCS features a number has',
    source: 'https://developer.vonage.com/en/messages/guides/rcs/rcs-capability-checks',
    operation: 'capability',
    read: capabilities,
  },
];
